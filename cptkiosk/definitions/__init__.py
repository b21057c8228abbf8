"""What a center may define: read from files, checked against a schema."""
