"""The reading room: bytes → RawDocument, one file a format."""
