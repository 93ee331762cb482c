"""Files that came with a testimony: opened in a sandbox only, and shown as copies built anew."""
