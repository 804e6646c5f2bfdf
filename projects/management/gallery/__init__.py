"""The gallery: three films, one per way in, made by the product itself, and the page that shows them."""
