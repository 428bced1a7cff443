"""The demonstration: a morning of deliveries on the whole product, every part of it real."""
