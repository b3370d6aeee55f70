using System.Data.Common;
using Microsoft.AspNetCore.Connections;

namespace Berth.Server.Operation;

/// <summary>Runs a verb; what the operator has to mend is one line on standard error and exit code 1.</summary>
internal static class Operator
{
    public static async Task<int> Run(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (Exception fault) when (Explain(fault) is { } line)
        {
            await Console.Error.WriteLineAsync($"berth: {line}");
            return 1;
        }
    }

    /// <summary>Null for what is a fault of Berth's own, which is to show where it happened.</summary>
    private static string? Explain(Exception fault) => fault switch
    {
        OperatorException => fault.Message,
        IOException { InnerException: AddressInUseException } => $"{fault.Message} Stop what listens there, or set another Urls.",
        UnauthorizedAccessException => $"{fault.Message} Let the user that runs berth write there, or set another DataDirectory.",
        IOException => fault.Message,
        DbException => $"the database cannot be used: {fault.Message}",
        _ => null,
    };
}
