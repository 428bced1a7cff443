"""DelAuto telephones each customer before the van leaves and tells the driver what they want."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings
    from app.runtime import Runtime


def create_app(settings: Settings, runtime: Runtime | None = None) -> Flask:
    """The web application: Twilio's webhooks, the pages, and what the operator asks for.

    Connects to nothing yet: MongoDB and Redis are reached when first needed.
    """
    # Workers import this package too, and need no Flask.
    from flask import Flask  # noqa: PLC0415

    from app import logs, web  # noqa: PLC0415
    from app.runtime import Runtime  # noqa: PLC0415

    logs.configure(settings.log_level, "web")
    flask = Flask("app.web", template_folder="pages/templates", static_folder="pages/static")
    flask.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_PARTS=200,
    )
    web.register(flask, runtime or Runtime(settings))
    return flask
