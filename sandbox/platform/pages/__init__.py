"""The desk's pages as HTML: whole without any script, nothing inline, readable from 360 pixels up."""
