"""By mood: words to a point of valence and arousal, the mood of a track, the first songs."""
