namespace Berth.Server.Ci;

/// <summary>What a pipeline is wanted for.</summary>
/// <param name="ProjectId">Whose.</param>
/// <param name="Ref">The short name of a branch or tag.</param>
/// <param name="IsTag">Which of the two.</param>
/// <param name="Sha">The commit that the ref points at.</param>
/// <param name="BeforeSha">Where the ref pointed before; zeros for a new ref and for pipelines without a push.</param>
/// <param name="Source">GitLab's word for what started it: push, api, or web: by hand.</param>
/// <param name="UserId">Who started it; its jobs act with this user's rights.</param>
/// <param name="Skip">Asked for by a push option: the pipeline is made, and skipped.</param>
/// <param name="Variables">Given with the request; they win over the file's and the project's.</param>
internal sealed record NewPipeline(
    long ProjectId, string Ref, bool IsTag, string Sha, string BeforeSha, string Source, long UserId, bool Skip, IReadOnlyDictionary<string, string> Variables)
{
    public static readonly string NoCommit = new('0', 40);
}
