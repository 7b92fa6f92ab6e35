"""From files to rows accepted or rejected; nothing disappears."""
