"""What holds for sending events to a shipper's system: where to, how often, and until when."""
