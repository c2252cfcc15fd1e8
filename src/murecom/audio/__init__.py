"""Sound in: decoded windows, mel spectrograms, and descriptors that a listener would name.

The only place that talks to libsndfile, soxr and FFmpeg. `decode` opens files, `mel` and `mfcc`
turn windows into what embedders eat, `tempo`, `key` and `loudness` measure whole tracks, and
`descriptors` collects those measures. Everything takes and gives plain numpy arrays.
"""
