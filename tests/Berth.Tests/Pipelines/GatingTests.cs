using Berth.Pipelines;
using Berth.Server.Access.Login;

namespace Berth.Tests.Pipelines;

public sealed class GatingTests
{
    /// <summary>A status in words; with a + behind, the job may fail.</summary>
    private static (JobStatus Status, bool AllowFailure) Job(string word)
    {
        Assert.True(StatusWords.TryParse(word.TrimEnd('+'), out JobStatus status), word);
        return (status, word.EndsWith('+'));
    }

    private static IEnumerable<(JobStatus Status, bool AllowFailure)> Jobs(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Job);

    [Theory]
    [InlineData("", "success")]
    [InlineData("created", "created")]
    [InlineData("pending", "pending")]
    [InlineData("running", "running")]
    [InlineData("success", "success")]
    [InlineData("failed", "failed")]
    [InlineData("canceled", "canceled")]
    [InlineData("canceling", "canceling")]
    [InlineData("skipped", "skipped")]
    [InlineData("manual", "manual")]
    [InlineData("failed+", "success")]
    [InlineData("canceled+", "success")]
    [InlineData("manual+", "skipped")]
    [InlineData("manual+ skipped", "skipped")]
    [InlineData("manual+ success", "success")]
    [InlineData("success skipped", "success")]
    [InlineData("success failed+ skipped", "success")]
    [InlineData("success failed", "failed")]
    [InlineData("success failed skipped", "failed")]
    [InlineData("failed canceled", "failed")]
    [InlineData("success canceled skipped failed+", "canceled")]
    [InlineData("created failed+", "created")]
    [InlineData("created manual+", "created")]
    [InlineData("created skipped", "pending")]
    [InlineData("created pending", "pending")]
    [InlineData("created success", "running")]
    [InlineData("created failed", "running")]
    [InlineData("created canceled", "running")]
    [InlineData("pending success", "running")]
    [InlineData("pending failed", "running")]
    [InlineData("running failed", "running")]
    [InlineData("running canceling", "running")]
    [InlineData("manual success", "manual")]
    [InlineData("manual created", "manual")]
    [InlineData("manual failed", "manual")]
    [InlineData("manual running", "running")]
    [InlineData("canceling success", "canceling")]
    [InlineData("canceling created", "running")]
    public void A_set_of_jobs_amounts_to_a_state(string jobs, string state) => Assert.Equal(state, Gating.Composite(Jobs(jobs)).Word());

    [Theory]
    [InlineData("success", "success")]
    [InlineData("success failed+", "success")]
    [InlineData("success skipped", "skipped")]
    [InlineData("success manual+", "skipped")]
    [InlineData("running skipped", "skipped")]
    [InlineData("success created", "pending")]
    [InlineData("failed running", "pending")]
    [InlineData("success manual", "pending")]
    [InlineData("success failed", "failed")]
    [InlineData("success canceled", "canceled")]
    public void Needed_jobs_amount_to_a_state_of_their_own(string jobs, string state) => Assert.Equal(state, Gating.CompositeOfNeeds(Jobs(jobs)).Word());

    /// <summary>
    /// Each line is a job: name, stage, status, when, and the needs if it has any; the outcome is the moves. The table is the
    /// rule: a change of a line is a change of what pipelines do.
    /// </summary>
    [Theory]
    [InlineData("a 0 created on_success", "a=pending")]
    [InlineData("a 0 created manual", "a=manual")]
    [InlineData("a 0 created always", "a=pending")]
    [InlineData("a 0 created on_failure", "a=skipped")]
    [InlineData("a 0 created on_success; b 0 created on_success; c 1 created on_success", "a=pending b=pending")]
    [InlineData("a 0 success on_success; b 0 running on_success; c 1 created on_success", "")]
    [InlineData("a 0 success on_success; b 0 success on_success; c 1 created on_success", "c=pending")]
    [InlineData("a 0 failed on_success; b 1 created on_success", "b=skipped")]
    [InlineData("a 0 failed on_success; b 1 created manual", "b=skipped")]
    [InlineData("a 0 failed on_success; b 1 created on_failure", "b=pending")]
    [InlineData("a 0 failed on_success; b 1 created always", "b=pending")]
    [InlineData("a 0 failed on_success; b 0 running on_success; c 1 created always", "")]
    [InlineData("a 0 failed+ on_success; b 1 created on_success; c 1 created on_failure", "b=pending c=skipped")]
    [InlineData("a 0 canceled on_success; b 1 created always; c 1 created on_success; d 1 created on_failure", "b=skipped c=skipped d=skipped")]
    [InlineData("a 0 failed on_success; b 1 created on_success; c 2 created on_failure; d 2 created on_success", "b=skipped c=pending d=skipped")]
    [InlineData("a 0 success on_success; b 1 created on_failure; c 2 created on_success", "b=skipped c=pending")]
    [InlineData("a 0 created manual; b 1 created on_success", "a=manual")]
    [InlineData("a 0 created+ manual; b 1 created on_success", "a=manual b=pending")]
    [InlineData("a 0 manual on_success; b 1 created on_success", "")]
    [InlineData("a 0 skipped on_success; b 1 created on_success", "b=pending")]
    [InlineData("a 0 running on_success; b 1 created on_success needs", "b=pending")]
    [InlineData("a 0 running on_success; x 0 success on_success; b 1 created on_success needs x", "b=pending")]
    [InlineData("a 0 success on_success; x 0 running on_success; b 1 created on_success needs a x", "")]
    [InlineData("a 0 failed on_success; b 1 created on_success needs a; c 1 created on_failure needs a", "b=skipped c=pending")]
    [InlineData("a 0 skipped on_success; b 1 created on_success needs a; c 1 created always needs a", "b=skipped c=pending")]
    [InlineData("a 0 success on_success; b 1 created on_success needs c; c 1 created on_success needs d; d 1 created on_failure needs a", "b=skipped c=skipped d=skipped")]
    [InlineData("a 0 created+ manual; b 1 created on_success needs a", "a=manual b=skipped")]
    [InlineData("a 0 created on_success; b 0 created on_success needs a", "a=pending")]
    [InlineData("a 0 success on_success; b 1 created on_success needs gone a", "b=pending")]
    public void Created_jobs_move_on_by_what_is_before_them(string jobs, string moves)
    {
        var gated = jobs.Split("; ").Select(Gated).ToList();
        var found = Gating.Advance(gated);
        Assert.Equal(moves, string.Join(' ', found.Select(move => $"{move.Name}={move.To.Word()}")));
        var after = gated.Select(job => found.Any(move => move.Name == job.Name) ? job with { Status = found.Single(move => move.Name == job.Name).To } : job);
        Assert.Empty(Gating.Advance([.. after]));
    }

    private static GatedJob Gated(string line)
    {
        var words = line.Split(' ');
        var (status, allowFailure) = Job(words[2]);
        var when = words[3] switch
        {
            "on_success" => JobWhen.OnSuccess,
            "on_failure" => JobWhen.OnFailure,
            "always" => JobWhen.Always,
            _ => JobWhen.Manual,
        };
        return new GatedJob(words[0], int.Parse(words[1]), status, when, allowFailure, words.Length > 4 ? words[5..] : null);
    }

    [Fact]
    public void Every_state_has_a_word_that_leads_back()
    {
        foreach (var status in Enum.GetValues<JobStatus>())
            Assert.True(StatusWords.TryParse(status.Word(), out JobStatus parsed) && parsed == status);
        foreach (var status in Enum.GetValues<PipelineStatus>())
            Assert.True(StatusWords.TryParse(status.Word(), out PipelineStatus parsed) && parsed == status);
        Assert.False(StatusWords.TryParse("done", out JobStatus _));
    }
}
