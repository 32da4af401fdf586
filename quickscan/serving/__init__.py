"""What turns the app into a server for many: start-up checks, who may connect, headers, health, logs and figures.

Nothing in here knows the screen; `quickscan/server.py` puts these parts around `app.py`.
"""
