"""Where batches run: `local` worker processes on this machine.

Jobs are pure functions of a batch, so the engine is a setting and never shows in their results.
"""
