# Texts of the demo.
