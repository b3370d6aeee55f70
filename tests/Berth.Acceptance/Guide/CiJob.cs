namespace Berth.Acceptance.Guide;

/// <summary>A job that has ended, as the REST API shows it, and its log.</summary>
internal sealed record CiJob(long Id, string Name, string Status, string? FailureReason, string Log)
{
    public CiJob Succeeded()
    {
        Assert.True(Status == "success", $"job {Name} is {Status} ({FailureReason}):\n{Log}");
        return this;
    }

    public CiJob FailedWith(string reason, params ReadOnlySpan<string> words)
    {
        Assert.True(Status == "failed" && FailureReason == reason, $"job {Name} is {Status} ({FailureReason}):\n{Log}");
        return Says(words);
    }

    public CiJob Says(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            Assert.True(Log.Contains(word, StringComparison.Ordinal), $"the log of {Name} does not say \"{word}\":\n{Log}");
        return this;
    }
}
