namespace CompareOptimizers;

/// <summary>Something that the user can mend; the message is one line that says what is wrong and what to do.</summary>
internal sealed class UserException(string message, Exception? inner = null) : Exception(message, inner);
