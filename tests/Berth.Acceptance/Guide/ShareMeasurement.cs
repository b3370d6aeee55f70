using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Acceptance.Guide;

/// <summary>
/// How much of the guide's pipeline is Berth's and the runner's own: all but the pulls, the start of Docker-in-Docker and the script.
/// Run by bench/share, with the count of pushes in TEST_SHARE_PUSHES.
/// </summary>
[Collection(typeof(GuideCollection))]
public sealed partial class ShareMeasurement(GuideSurroundings surroundings)
{
    [Fact(Explicit = true)]
    public async Task The_share_of_the_guides_pipeline()
    {
        var pushes = int.Parse(Environment.GetEnvironmentVariable("TEST_SHARE_PUSHES") ?? "10", CultureInfo.InvariantCulture);
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");
        var rows = new List<double[]>();

        // The first makes the project and the volumes, and both programs warm up.
        for (var push = 0; push <= pushes; push++)
        {
            var commit = await project.Push("main", (".gitlab-ci.yml", GuideFiles.Pipeline), ("Dockerfile", "FROM busybox\nCOPY hello /hello\n"), ("hello", $"hello {push}\n"));
            var job = Assert.Single(await project.Jobs(commit)).Value.Succeeded();
            await runner.Said($"job {job.Id} succeeded; took ");
            if (push > 0)
                rows.Add(Row(project.PushedAt, Assert.Single((await project.JobViews(commit)).EnumerateArray()), Took(runner.Output, job.Id)));
        }

        string[] names = ["from git push to the runner", "the job in the runner, without what follows", "together", "not counted: pulls", "not counted: start of Docker-in-Docker", "not counted: script"];
        var output = TestContext.Current.TestOutputHelper!;
        for (var column = 0; column < names.Length; column++)
        {
            var values = rows.Select(row => row[column]).Order().ToList();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {names[column]} | {values[0]:0.00} s | {values[values.Count / 2]:0.00} s | {values[^1]:0.00} s |"));
        }
    }

    /// <param name="started">When git push began.</param>
    /// <param name="view">The job in the REST API, which has milliseconds of the same clock.</param>
    /// <param name="took">What the runner only waited for.</param>
    private static double[] Row(DateTimeOffset started, System.Text.Json.JsonElement view, (double Pull, double Services, double Script) took)
    {
        var (taken, ended) = (view.GetProperty("started_at").GetDateTimeOffset(), view.GetProperty("finished_at").GetDateTimeOffset());
        var pickup = (taken - started).TotalSeconds;
        var job = (ended - taken).TotalSeconds - took.Pull - took.Services - took.Script;
        return [pickup, job, pickup + job, took.Pull, took.Services, took.Script];
    }

    private static (double Pull, double Services, double Script) Took(string output, long job)
    {
        var match = Times().Matches(output).Single(match => match.Groups["job"].Value == job.ToString(CultureInfo.InvariantCulture));
        return (Value("pull"), Value("services"), Value("script"));

        double Value(string name) => double.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"job (?<job>\d+) succeeded; took [0-9.]+ s \(pull (?<pull>[0-9.]+) s, services (?<services>[0-9.]+) s, script (?<script>[0-9.]+) s")]
    private static partial Regex Times();
}
