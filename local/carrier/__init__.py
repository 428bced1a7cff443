"""The carrier: a telephone network that speaks Twilio's REST API and executes TwiML.

To the product it is Twilio. Calls are placed over REST, customers are personas who press keys,
speak recorded answers or stay away, and everything the product must react to arrives as signed
webhooks.
"""
