namespace Berth.Server.Operation;

/// <summary>Something that the operator has to mend; the message is one line that says what. The program ends with 1.</summary>
internal sealed class OperatorException(string message) : Exception(message);
