"""Pure statistics: small frames in, small frames out."""
