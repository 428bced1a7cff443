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
        "stopped_before": "{company}: you will get no more calls or texts from us. "
        "To change this, please call {phone}.",
        "still_stopped": "{company}: START by text does not end your earlier wish for no calls "
        "and texts. It still holds; to change it, call {phone}.",
        "texts_only": "{company}: we may text you again. Calls to you stay stopped; "
        "to change that, call {phone}. Reply STOP to opt out.",
        "calls_only": "{company}: we may call you again. Texts to you stay stopped; "
        "to change that, call {phone}. Reply STOP to opt out.",
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
        "stopped_before": "{company}: ya no le llamaremos ni le escribiremos. "
        "Si cambia de idea, llame al {phone}.",
        "still_stopped": "{company}: START por SMS no anula su petición de no recibir llamadas "
        "ni SMS. Sigue vigente; para cambiarla, llame al {phone}.",
        "texts_only": "{company}: podremos volver a escribirle. Seguimos sin llamarle; "
        "para cambiarlo, llame al {phone}. STOP para darse de baja.",
        "calls_only": "{company}: podremos volver a llamarle. Seguimos sin escribirle; "
        "para cambiarlo, llame al {phone}. STOP para darse de baja.",
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
        "stopped_before": "{company} : vous ne recevrez plus ni appels ni SMS de notre part. "
        "Si vous changez d’avis, appelez le {phone}.",
        "still_stopped": "{company} : START par SMS n’annule pas votre refus des appels et SMS. "
        "Il reste valable ; pour le lever, appelez le {phone}.",
        "texts_only": "{company} : nous pourrons à nouveau vous écrire, mais pas vous appeler. "
        "Pour changer cela : {phone}. STOP pour ne plus rien recevoir.",
        "calls_only": "{company} : nous pourrons à nouveau vous appeler, mais pas vous écrire. "
        "Pour changer cela : {phone}. STOP pour ne plus rien recevoir.",
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
        "stopped_before": "{company}: Sie erhalten keine Anrufe und SMS mehr. "
        "Möchten Sie das ändern, rufen Sie bitte {phone} an.",
        "still_stopped": "{company}: START per SMS hebt Ihren Wunsch nicht auf, keine Anrufe und "
        "SMS zu erhalten. Möchten Sie das ändern: {phone}.",
        "texts_only": "{company}: Wir dürfen Ihnen wieder schreiben, Sie aber nicht anrufen. "
        "Zum Ändern bitte {phone} anrufen. Mit STOP abmelden.",
        "calls_only": "{company}: Wir dürfen Sie wieder anrufen, Ihnen aber nicht schreiben. "
        "Zum Ändern bitte {phone} anrufen. Mit STOP abmelden.",
    },
}
