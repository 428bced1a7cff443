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
    "code_title": "Your code",
    "code": "Code",
    "code_hint": "Six digits, as your app shows them now; or one of your recovery codes.",
    "wrong_code": "This code is wrong, too old, or was used already.",
    "second_title": "Two-step log-in",
    "second_what": "Besides your password you can be asked for a code that an app on your "
    "telephone makes. Whoever learns your password cannot log in with it then.",
    "second_must": "Your company asks for two-step log-in. Set it up to go on.",
    "second_begin": "Set it up",
    "second_scan": "Scan this with an app for one-time codes.",
    "second_type": "Or type this key into it:",
    "second_confirm": "Confirm",
    "second_set": "From now on you are asked for a code. You are logged out everywhere else.",
    "recovery": "Keep these recovery codes where only you find them. Each works once, if you lose "
    "the app. They are not shown again.",
    "second_is_on": "You are asked for a code when you log in.",
    "second_off": "Switch it off",
    "switched_off": "You are asked for no code any more.",
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
    "code_title": "Su código",
    "code": "Código",
    "code_hint": "Las seis cifras que muestra ahora su aplicación, o uno de sus códigos de "
    "recuperación.",
    "wrong_code": "El código no es correcto, ha caducado o ya se ha usado.",
    "second_title": "Verificación en dos pasos",
    "second_what": "Además de la contraseña se le puede pedir un código creado por una aplicación "
    "de su teléfono. Así nadie puede entrar solo con su contraseña.",
    "second_must": "Su empresa exige la verificación en dos pasos. Configúrela para continuar.",
    "second_begin": "Configurarla",
    "second_scan": "Escanee esto con una aplicación de códigos de un solo uso.",
    "second_type": "O introduzca en ella esta clave:",
    "second_confirm": "Confirmar",
    "second_set": "A partir de ahora se le pedirá un código. Su sesión se ha cerrado en los demás "
    "dispositivos.",
    "recovery": "Guarde estos códigos de recuperación donde solo usted los encuentre. Cada uno "
    "sirve una vez, si pierde la aplicación. No se volverán a mostrar.",
    "second_is_on": "Se le pide un código al iniciar sesión.",
    "second_off": "Desactivarla",
    "switched_off": "Ya no se le pedirá ningún código.",
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
    "code_title": "Votre code",
    "code": "Code",
    "code_hint": "Les six chiffres que votre application affiche en ce moment, ou l’un de vos "
    "codes de secours.",
    "wrong_code": "Ce code est faux, trop ancien ou déjà utilisé.",
    "second_title": "Connexion en deux étapes",
    "second_what": "En plus du mot de passe, un code créé par une application de votre téléphone "
    "peut vous être demandé. Votre mot de passe seul ne suffit alors plus pour se connecter.",
    "second_must": "Votre entreprise exige la connexion en deux étapes. Configurez-la pour "
    "continuer.",
    "second_begin": "La configurer",
    "second_scan": "Scannez ceci avec une application de codes à usage unique.",
    "second_type": "Ou saisissez-y cette clé\xa0:",
    "second_confirm": "Confirmer",
    "second_set": "Un code vous sera désormais demandé. Vous êtes déconnecté partout ailleurs.",
    "recovery": "Conservez ces codes de secours là où vous seul les trouverez. Chacun sert une "
    "fois, si vous perdez l’application. Ils ne seront plus affichés.",
    "second_is_on": "Un code vous est demandé à la connexion.",
    "second_off": "La désactiver",
    "switched_off": "Plus aucun code ne vous sera demandé.",
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
    "code_title": "Ihr Code",
    "code": "Code",
    "code_hint": "Die sechs Ziffern, die Ihre App jetzt zeigt, oder einer Ihrer "
    "Wiederherstellungscodes.",
    "wrong_code": "Dieser Code ist falsch, zu alt oder schon benutzt.",
    "second_title": "Anmeldung in zwei Schritten",
    "second_what": "Neben dem Passwort können Sie nach einem Code gefragt werden, den eine App "
    "auf Ihrem Telefon erzeugt. Wer Ihr Passwort erfährt, kommt damit allein nicht mehr "
    "hinein.",
    "second_must": "Ihr Unternehmen verlangt die Anmeldung in zwei Schritten. Richten Sie sie "
    "ein, um fortzufahren.",
    "second_begin": "Einrichten",
    "second_scan": "Scannen Sie dies mit einer App für Einmalcodes.",
    "second_type": "Oder geben Sie dort diesen Schlüssel ein:",
    "second_confirm": "Bestätigen",
    "second_set": "Ab jetzt werden Sie nach einem Code gefragt. Überall sonst sind Sie abgemeldet.",
    "recovery": "Bewahren Sie diese Wiederherstellungscodes so auf, dass nur Sie sie finden. "
    "Jeder gilt einmal, falls Sie die App verlieren. Sie werden nicht wieder angezeigt.",
    "second_is_on": "Beim Anmelden werden Sie nach einem Code gefragt.",
    "second_off": "Abschalten",
    "switched_off": "Sie werden nach keinem Code mehr gefragt.",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES, "fr": _FR, "de": _DE}
