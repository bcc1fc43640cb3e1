// Nothing but the headers that are compiled once for programs of which it is only tried that they compile.
