"""The corpus room: the store of documents and the search index."""
