"""The peer of launch.py: the least Django project whose one view calls `.delay()`."""
