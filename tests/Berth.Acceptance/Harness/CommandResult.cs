namespace Berth.Acceptance.Harness;

/// <summary>How a command ended, and all that it printed, both streams as they came.</summary>
public sealed record CommandResult(string CommandLine, int ExitCode, string Output)
{
    /// <summary>Fails the test with what was printed unless the command succeeded.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"{CommandLine} ended with {ExitCode}:\n{Output}");
        return Output;
    }

    /// <summary>Fails the test unless the command failed and printed <paramref name="words"/>.</summary>
    public void FailedWith(params ReadOnlySpan<string> words)
    {
        Assert.True(ExitCode != 0, $"{CommandLine} succeeded:\n{Output}");
        foreach (var word in words)
            Assert.Contains(word, Output, StringComparison.Ordinal);
    }
}
