"""What the pages are made of. Knows Streamlit; computes nothing."""
