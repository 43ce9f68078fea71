"""A small site with toy widgets, built by the tests with plain Sphinx."""

project = "Toys"
copyright = "nobody"  # noqa: A001 (Sphinx's name)
extensions = ["myst_nb", "static_widgets"]
html_theme = "basic"
html_copy_source = False
nb_execution_mode = "force"
nb_execution_raise_on_error = True
numfig = True


def shout(_app, page, pieces):
    """Show what an extension can do to the HTML that widgets bring along."""
    pieces[:] = [piece.replace("loud", f"LOUD on {page}") for piece in pieces]


def setup(app):
    """Let it be called."""
    app.connect("static-widgets-html", shout)
