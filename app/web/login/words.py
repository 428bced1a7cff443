"""The words of the pages that log people in, in every language."""

from __future__ import annotations

from collections.abc import Mapping

_EN = {
    "title": "Log in",
    "company": "Company",
    "email": "E-mail address",
    "password": "Password",
    "log_in": "Log in",
    "forgotten": "Forgotten your password? An administrator of your company can give you a link "
    "to choose a new one.",
    "problem": "That did not work",
    "wrong": "E-mail address and password do not fit together.",
    "throttled": "There were too many attempts. Try again in {minutes} min, or ask an "
    "administrator for a link.",
    "stale": "This page was open for too long, or cookies are switched off. Please try again.",
    "left": "You are logged out.",
    "set": "Your new password is set. Log in with it.",
    "change_title": "Change your password",
    "old": "Present password",
    "new": "New password",
    "new_hint": "At least 12 characters. Several words that have nothing to do with each other "
    "make a good one.",
    "again": "New password once more",
    "change": "Change the password",
    "changed": "Your password is changed. You are logged out everywhere else.",
    "back": "Back",
    "reset_title": "Choose a password",
    "reset": "Set the password",
    "gone_title": "This link does not work any more",
    "gone": "It works once, for one hour, and only until a newer one is made. "
    "Ask an administrator for another.",
    "away_title": "Just a moment",
    "away": "We cannot be reached right now. Please try again in a minute.",
    "languages": "Language",
    "differ": "The two new passwords differ.",
    "wrong_old": "This is not your present password.",
    "same": "This is your present password: choose another.",
    "short": "At least 12 characters are needed.",
    "long": "At most 256 characters can be kept.",
    "common": "This is easily guessed: it is made of common words or passwords.",
    "personal": "This is easily guessed: it is made of your name, your address or your company’s "
    "name.",
    "pattern": "This is easily guessed: it repeats itself or follows a pattern.",
    "no_text": "This holds characters that cannot be kept. Type it anew.",
}
_ES = {
    "title": "Iniciar sesión",
    "company": "Empresa",
    "email": "Correo electrónico",
    "password": "Contraseña",
    "log_in": "Iniciar sesión",
    "forgotten": "¿Ha olvidado su contraseña? Un administrador de su empresa puede darle un "
    "enlace para elegir otra.",
    "problem": "No ha funcionado",
    "wrong": "El correo electrónico y la contraseña no coinciden.",
    "throttled": "Ha habido demasiados intentos. Vuelva a intentarlo dentro de {minutes} min o "
    "pida un enlace a un administrador.",
    "stale": "La página ha estado abierta demasiado tiempo o las cookies están desactivadas. "
    "Inténtelo de nuevo.",
    "left": "Ha cerrado la sesión.",
    "set": "La nueva contraseña está guardada. Inicie sesión con ella.",
    "change_title": "Cambiar la contraseña",
    "old": "Contraseña actual",
    "new": "Contraseña nueva",
    "new_hint": "Al menos 12 caracteres. Varias palabras que no tengan relación entre sí son una "
    "buena contraseña.",
    "again": "Contraseña nueva otra vez",
    "change": "Cambiar la contraseña",
    "changed": "Su contraseña ha cambiado. Su sesión se ha cerrado en los demás dispositivos.",
    "back": "Volver",
    "reset_title": "Elegir una contraseña",
    "reset": "Guardar la contraseña",
    "gone_title": "Este enlace ya no funciona",
    "gone": "Sirve una sola vez, durante una hora, y solo hasta que se crea otro. "
    "Pida uno nuevo a un administrador.",
    "away_title": "Un momento",
    "away": "Ahora no estamos disponibles. Inténtelo de nuevo en un minuto.",
    "languages": "Idioma",
    "differ": "Las dos contraseñas nuevas no son iguales.",
    "wrong_old": "Esta no es su contraseña actual.",
    "same": "Esta es su contraseña actual: elija otra.",
    "short": "Hacen falta al menos 12 caracteres.",
    "long": "Se admiten como máximo 256 caracteres.",
    "common": "Es fácil de adivinar: se compone de palabras o contraseñas corrientes.",
    "personal": "Es fácil de adivinar: se compone de su nombre, su dirección o el nombre de la "
    "empresa.",
    "pattern": "Es fácil de adivinar: se repite o sigue un patrón.",
    "no_text": "Contiene caracteres que no se pueden guardar. Escríbala de nuevo.",
}
_FR = {
    "title": "Se connecter",
    "company": "Entreprise",
    "email": "Adresse e-mail",
    "password": "Mot de passe",
    "log_in": "Se connecter",
    "forgotten": "Mot de passe oublié\u00a0? Un administrateur de votre entreprise peut vous "
    "donner un lien pour en choisir un autre.",
    "problem": "Cela n’a pas fonctionné",
    "wrong": "L’adresse e-mail et le mot de passe ne correspondent pas.",
    "throttled": "Il y a eu trop de tentatives. Réessayez dans {minutes} min, ou demandez un lien "
    "à un administrateur.",
    "stale": "Cette page est restée ouverte trop longtemps, ou les cookies sont désactivés. "
    "Veuillez réessayer.",
    "left": "Vous êtes déconnecté.",
    "set": "Votre nouveau mot de passe est enregistré. Connectez-vous avec lui.",
    "change_title": "Changer de mot de passe",
    "old": "Mot de passe actuel",
    "new": "Nouveau mot de passe",
    "new_hint": "12 caractères au moins. Plusieurs mots sans rapport entre eux font un bon mot de "
    "passe.",
    "again": "Nouveau mot de passe, encore une fois",
    "change": "Changer le mot de passe",
    "changed": "Votre mot de passe est changé. Vous êtes déconnecté partout ailleurs.",
    "back": "Retour",
    "reset_title": "Choisir un mot de passe",
    "reset": "Enregistrer le mot de passe",
    "gone_title": "Ce lien ne fonctionne plus",
    "gone": "Il sert une seule fois, pendant une heure, et seulement jusqu’au suivant. "
    "Demandez-en un autre à un administrateur.",
    "away_title": "Un instant",
    "away": "Nous ne sommes pas joignables pour le moment. Réessayez dans une minute.",
    "languages": "Langue",
    "differ": "Les deux nouveaux mots de passe sont différents.",
    "wrong_old": "Ce n’est pas votre mot de passe actuel.",
    "same": "C’est votre mot de passe actuel\u00a0: choisissez-en un autre.",
    "short": "Il faut au moins 12 caractères.",
    "long": "256 caractères au plus peuvent être enregistrés.",
    "common": "Il est facile à deviner\u00a0: il est fait de mots ou de mots de passe courants.",
    "personal": "Il est facile à deviner\u00a0: il est fait de votre nom, de votre adresse ou du "
    "nom de l’entreprise.",
    "pattern": "Il est facile à deviner\u00a0: il se répète ou suit un motif.",
    "no_text": "Il contient des caractères qui ne peuvent pas être enregistrés. Saisissez-le à "
    "nouveau.",
}
_DE = {
    "title": "Anmelden",
    "company": "Firma",
    "email": "E-Mail-Adresse",
    "password": "Passwort",
    "log_in": "Anmelden",
    "forgotten": "Passwort vergessen? Wer Ihre Firma verwaltet, kann Ihnen einen Link geben, mit "
    "dem Sie ein neues wählen.",
    "problem": "Das hat nicht geklappt",
    "wrong": "E-Mail-Adresse und Passwort passen nicht zusammen.",
    "throttled": "Es gab zu viele Versuche. Versuchen Sie es in {minutes} min noch einmal, oder "
    "lassen Sie sich einen Link geben.",
    "stale": "Diese Seite war zu lange offen, oder Cookies sind abgeschaltet. Bitte versuchen Sie "
    "es noch einmal.",
    "left": "Sie sind abgemeldet.",
    "set": "Ihr neues Passwort gilt. Melden Sie sich damit an.",
    "change_title": "Passwort ändern",
    "old": "Jetziges Passwort",
    "new": "Neues Passwort",
    "new_hint": "Mindestens 12 Zeichen. Mehrere Wörter, die nichts miteinander zu tun haben, "
    "sind ein gutes Passwort.",
    "again": "Neues Passwort noch einmal",
    "change": "Passwort ändern",
    "changed": "Ihr Passwort ist geändert. Überall sonst sind Sie abgemeldet.",
    "back": "Zurück",
    "reset_title": "Passwort wählen",
    "reset": "Passwort setzen",
    "gone_title": "Dieser Link gilt nicht mehr",
    "gone": "Er gilt einmal, eine Stunde lang, und nur bis es einen neueren gibt. "
    "Lassen Sie sich einen neuen geben.",
    "away_title": "Einen Moment",
    "away": "Wir sind gerade nicht erreichbar. Bitte versuchen Sie es in einer Minute noch einmal.",
    "languages": "Sprache",
    "differ": "Die beiden neuen Passwörter sind verschieden.",
    "wrong_old": "Das ist nicht Ihr jetziges Passwort.",
    "same": "Das ist Ihr jetziges Passwort: Wählen Sie ein anderes.",
    "short": "Es braucht mindestens 12 Zeichen.",
    "long": "Höchstens 256 Zeichen sind möglich.",
    "common": "Das ist leicht zu erraten: Es besteht aus häufigen Wörtern oder Passwörtern.",
    "personal": "Das ist leicht zu erraten: Es besteht aus Ihrem Namen, Ihrer Adresse oder dem "
    "Namen der Firma.",
    "pattern": "Das ist leicht zu erraten: Es wiederholt sich oder folgt einem Muster.",
    "no_text": "Darin sind Zeichen, die sich nicht speichern lassen. Geben Sie es neu ein.",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES, "fr": _FR, "de": _DE}
