"""What a thing is: money, names, moments. No rules of the trade live here."""
