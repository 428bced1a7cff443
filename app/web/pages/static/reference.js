"use strict";

window.SwaggerUIBundle({
  url: document.getElementById("reference").dataset.description,
  domNode: document.getElementById("reference"),
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  tryItOutEnabled: true,
});
