"""Training: networks that tell genres apart, from any library with a folder for each genre.

The only package that imports torch; what it trains is served by numpy alone (`embed.genre_cnn`).
"""
