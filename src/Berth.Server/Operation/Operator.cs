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
        catch (OperatorException problem)
        {
            await Console.Error.WriteLineAsync($"berth: {problem.Message}");
            return 1;
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"berth: {taken.Message} Stop what listens there, or set another Urls.");
            return 1;
        }
    }
}
