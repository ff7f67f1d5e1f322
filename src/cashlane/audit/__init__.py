"""稽核: the books checked from outside the rules that wrote them, and handed out to others."""
