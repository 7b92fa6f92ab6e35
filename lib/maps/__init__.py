"""The map: outlines fetched once by the browser, values sent at each change (docs/decisions)."""
