# Lời của bản trình diễn.
