"""Coverage 覆盖: who reaches a counter, who would lose it, and which one to open first."""
