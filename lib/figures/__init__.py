"""Results to Plotly figures."""
