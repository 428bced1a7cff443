"""Our short answers to what customers write, in every language: true, formal, one segment each."""

from __future__ import annotations

from collections.abc import Mapping

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "received": "{company}: thank you, we are passing this on. Reply STOP to opt out.",
        "stopped": "{company}: you will get no more calls or texts from us. START undoes this.",
        "started": "{company}: we may call and text you about deliveries again. "
        "Reply STOP to opt out.",
        "help": "{company} calls and texts about deliveries. Questions: {phone}. "
        "Reply STOP to opt out.",
        "unknown": "{company}: we have no delivery for this number. Questions: {phone}.",
        "too_many": "{company}: that is too many messages to pass on to the driver. "
        "Our office reads them now. If it is urgent, please call {phone}.",
        "picture": "{company}: we cannot see pictures or files sent here. "
        "Please write what the driver should know, or call {phone}.",
        "words_only": "{company}: thank you, we are passing on your words, but cannot see "
        "pictures or files here. Please describe them, or call {phone}.",
        "empty": "{company}: your message came without words. "
        "Please write what the driver should know, or call {phone}.",
    },
    "es": {
        "received": "{company}: gracias, transmitimos su mensaje. STOP para darse de baja.",
        "stopped": "{company}: ya no le llamaremos ni le escribiremos. "
        "Si cambia de idea, responda START.",
        "started": "{company}: podremos volver a llamarle y escribirle por sus entregas. "
        "STOP para darse de baja.",
        "help": "{company} llama y escribe sobre entregas. Preguntas: {phone}. "
        "STOP para darse de baja.",
        "unknown": "{company}: no tenemos entregas para este número. Preguntas: {phone}.",
        "too_many": "{company}: son demasiados mensajes para transmitirlos al repartidor. "
        "Ahora los lee nuestra oficina. Si es urgente, llame al {phone}.",
        "picture": "{company}: aquí no podemos ver fotos ni archivos. "
        "Escriba lo que el repartidor deba saber o llame al {phone}.",
        "words_only": "{company}: gracias, transmitimos su texto, pero aquí no podemos ver fotos "
        "ni archivos. Descríbalos o llame al {phone}.",
        "empty": "{company}: su mensaje llegó sin texto. "
        "Escriba lo que el repartidor deba saber o llame al {phone}.",
    },
    "fr": {
        "received": "{company} : merci, nous transmettons votre message. "
        "STOP pour ne plus recevoir ni appels ni SMS.",
        "stopped": "{company} : vous ne recevrez plus ni appels ni SMS de notre part. "
        "Si vous changez d’avis, répondez START.",
        "started": "{company} : nous pourrons à nouveau vous appeler et vous écrire pour vos "
        "livraisons. STOP pour ne plus recevoir ni appels ni SMS.",
        "help": "{company} appelle et écrit au sujet de livraisons. Questions : {phone}. "
        "STOP pour ne plus recevoir ni appels ni SMS.",
        "unknown": "{company} : aucune livraison pour ce numéro. Questions : {phone}.",
        "too_many": "{company} : trop de messages pour les transmettre au livreur. "
        "Notre bureau les lit désormais. Si c’est urgent, appelez le {phone}.",
        "picture": "{company} : nous ne pouvons pas voir ici les photos ni les fichiers. "
        "Écrivez vos consignes pour le livreur ou appelez le {phone}.",
        "words_only": "{company} : merci, nous transmettons votre texte, mais ne pouvons pas voir "
        "ici photos ou fichiers. Décrivez-les ou appelez le {phone}.",
        "empty": "{company} : votre message est arrivé sans texte. "
        "Écrivez vos consignes pour le livreur ou appelez le {phone}.",
    },
    "de": {
        "received": "{company}: Danke, wir geben das weiter. Mit STOP abmelden.",
        "stopped": "{company}: Sie erhalten keine Anrufe und SMS mehr. START macht das rückgängig.",
        "started": "{company}: Wir dürfen Sie zu Lieferungen wieder anrufen und Ihnen schreiben. "
        "Mit STOP abmelden.",
        "help": "{company} ruft an und schreibt zu Lieferungen. Fragen: {phone}. "
        "Mit STOP abmelden.",
        "unknown": "{company}: Zu dieser Nummer gibt es keine Lieferung. Fragen: {phone}.",
        "too_many": "{company}: Das sind zu viele Nachrichten für den Fahrer. "
        "Unser Büro liest sie nun. In dringenden Fällen rufen Sie bitte {phone} an.",
        "picture": "{company}: Bilder und Dateien können wir hier nicht ansehen. "
        "Bitte schreiben Sie, was der Fahrer wissen soll, oder rufen Sie {phone} an.",
        "words_only": "{company}: Danke, wir geben Ihren Text weiter. Bilder und Dateien können "
        "wir hier nicht ansehen: Bitte beschreiben oder {phone} anrufen.",
        "empty": "{company}: Ihre Nachricht kam ohne Text an. "
        "Bitte schreiben Sie, was der Fahrer wissen soll, oder rufen Sie {phone} an.",
    },
}
