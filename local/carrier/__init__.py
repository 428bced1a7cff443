"""The carrier: a telephone network that speaks Twilio's REST API and executes TwiML.

To the product it is Twilio. Calls are placed over REST, customers are personas who press keys,
speak recorded answers, call back, write back or stay away, and everything the product must react
to arrives as signed webhooks. It misbehaves on request: by countdowns (the next three creates) or
by a seeded plan of chances (`fault_plan.KINDS` lists every kind), each fault counted and written to
the journal, by which tests judge. `client.CarrierAdmin` steers it.

Time and the way to the product are given to it, once, in `exchange_parts.ExchangeParts.over`:

- a `clock.Clock` tells the time and lets it pass. `RealClock` is the machine's; under
  `VirtualClock.run` days pass in seconds, for its event loop jumps to whatever is due next.
- a `transport.Transport` carries webhooks. `HttpTransport` is the real one;
  `in_process.WsgiTransport` calls a Flask application in the same process.

`server.start_carrier` runs it as a server. `in_process.start_in_process` runs it inside a
simulation, where `in_process.CarrierAdapter` lets a `requests.Session`, and with it Twilio's
client, reach it without a socket; the module's docstring shows how.

Speed is call seconds for each second of the clock. Time limits of webhooks do not follow it, nor
does what a REST client waits for.
"""
