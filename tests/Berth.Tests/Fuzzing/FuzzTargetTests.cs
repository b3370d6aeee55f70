using System.Diagnostics;
using System.Globalization;

namespace Berth.Tests.Fuzzing;

/// <summary>
/// Replays each target's corpus and a few mutations of it. With <c>TEST_FUZZ_SECONDS</c> in the environment (./test fuzz) each target
/// runs for so long on ever new ones; what fails is added to the corpus, and stays there when it is mended.
/// </summary>
public sealed class FuzzTargetTests(ITestOutputHelper output)
{
    /// <summary>The largest input is read in milliseconds; this is for readers whose time explodes, on however busy a machine.</summary>
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    /// <summary>Where no time is given: the same mutations each time.</summary>
    private const int FewRuns = 500;

    private static readonly int Seconds = int.TryParse(Environment.GetEnvironmentVariable("TEST_FUZZ_SECONDS"), out var given) ? given : 0;

    public static IEnumerable<TheoryDataRow<string>> Targets => FuzzTarget.All.Select(target => new TheoryDataRow<string>(target.Name));

    [Theory]
    [MemberData(nameof(Targets))]
    public void Corpus_is_read_or_refused_as_it_should_be(string name)
    {
        var target = FuzzTarget.All.Single(target => target.Name == name);
        var outcomes = target.Inputs().Select(target.Run).ToList();
        // A corpus that is refused by one rule alone would test nothing else.
        Assert.True(outcomes.Distinct().Count() > 3, string.Join('\n', outcomes));
    }

    [Fact]
    public void Corpus_of_each_target_is_there_and_no_other()
    {
        var folders = Directory.EnumerateDirectories(Path.GetDirectoryName(FuzzTarget.All[0].Corpus)!).Select(folder => Path.GetFileName(folder)!);
        Assert.Equal(FuzzTarget.All.Select(target => target.Name).Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Mutations_are_read_or_refused_as_they_should_be()
    {
        var reports = new List<string>();
        // All at once, so that the time given is the time it takes.
        await Parallel.ForEachAsync(FuzzTarget.All, new ParallelOptions { MaxDegreeOfParallelism = FuzzTarget.All.Length }, (target, _) =>
        {
            var report = Fuzz(target);
            lock (reports)
                reports.Add(report);
            return ValueTask.CompletedTask;
        });
        foreach (var report in reports.Order(StringComparer.Ordinal))
            output.WriteLine(report);
        Assert.DoesNotContain(reports, report => report.Contains("FAILED", StringComparison.Ordinal));
    }

    private static string Fuzz(FuzzTarget target)
    {
        var random = Seconds > 0 ? new Random() : new Random(1);
        var mutator = new Mutator(random);
        var pool = target.Inputs().ToList();
        var outcomes = pool.Select(target.Run).ToHashSet(StringComparer.Ordinal);
        var (watch, runs) = (Stopwatch.StartNew(), 0L);
        for (; Seconds > 0 ? watch.Elapsed.TotalSeconds < Seconds : runs < FewRuns; runs++)
        {
            var input = mutator.Mutate(pool[random.Next(pool.Count)], pool[random.Next(pool.Count)]);
            try
            {
                var began = watch.Elapsed;
                var outcome = target.Run(input);
                Assert.InRange(watch.Elapsed - began, TimeSpan.Zero, Slowest);
                if (outcomes.Count < 10_000 && outcomes.Add(outcome))
                    pool.Add(input);
            }
            catch (Exception failure)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{target.Name}: FAILED after {runs} runs, by {Keep(target, input)}: {failure}");
            }
        }
        return string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {runs} runs, {outcomes.Count} outcomes");
    }

    private static string Keep(FuzzTarget target, byte[] input)
    {
        var file = Path.Combine(target.Corpus, "found-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input))[..12]);
        File.WriteAllBytes(file, input);
        return file;
    }
}
