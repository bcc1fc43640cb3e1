raise ImportError("a Python without NumPy")
