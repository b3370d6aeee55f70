using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Berth.Acceptance.Runner;

/// <summary>The project's files: from git, by artifacts and by the cache.</summary>
public sealed class WorkspaceTests
{
    [Fact]
    public async Task Fetch_reuses_the_checkout_and_cleans_it()
    {
        await using var setting = await JobSetting.Start();
        using var repository = await TestRepository.Create(("file", "one\n"));
        setting.Coordinator.Repository = repository.GitDirectory;
        var first = await repository.Head();
        var second = await repository.Commit(("file", "two\n"));

        var one = (await setting.Coordinator.Add((_, token) => Payload.Script("cat file", "touch left-behind").WithSources(setting.Coordinator, token, first)).Ended()).Succeeded();
        var two = (await setting.Coordinator.Add((_, token) => Payload.Script("cat file", "ls").WithSources(setting.Coordinator, token, second)).Ended()).Succeeded();

        Assert.Contains("Fetching changes with git depth set to 20...", one.Trace, StringComparison.Ordinal);
        Assert.Contains($"Checking out {first[..8]} as detached HEAD (ref is main)...", one.Trace, StringComparison.Ordinal);
        Assert.Contains("\none\n", one.Trace, StringComparison.Ordinal);
        Assert.Contains("Reinitialized existing Git repository", two.Trace, StringComparison.Ordinal);
        Assert.Contains("\ntwo\n", two.Trace, StringComparison.Ordinal);
        Assert.DoesNotContain("\nleft-behind\n", two.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clone_starts_from_nothing_and_goes_as_deep_as_sent()
    {
        await using var setting = await JobSetting.Start();
        using var repository = await TestRepository.Create(("file", "one\n"));
        await repository.Commit(("file", "two\n"));
        var sha = await repository.Commit(("file", "three\n"));
        setting.Coordinator.Repository = repository.GitDirectory;

        var job = (await setting.Coordinator.Add((_, token) => Payload.Script("cat file", "cat .git/shallow | wc -l")
            .WithSources(setting.Coordinator, token, sha, depth: 1, strategy: "clone")).Ended()).Succeeded();

        Assert.Contains("Initialized empty Git repository", job.Trace, StringComparison.Ordinal);
        Assert.Contains("\nthree\n", job.Trace, StringComparison.Ordinal);
        Assert.Contains("\n1\n", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_that_can_not_be_had_fail_the_job_before_its_script()
    {
        await using var setting = await JobSetting.Start();

        var job = setting.Coordinator.Add((_, token) => Payload.Script("echo never").WithSources(setting.Coordinator, token, new string('a', 40)));

        (await job.Ended()).FailedWith("runner_system_failure");
        Assert.DoesNotContain("\nnever\n", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Artifacts_go_up_as_a_zip_and_come_down_into_the_next_job()
    {
        await using var setting = await JobSetting.Start();
        var producer = (await setting.Run(Payload.Script(
                "mkdir -p out/deep", "echo data >out/deep/file", "echo no >out/skipped.log", "printf '#!/bin/sh\\necho ran\\n' >tool", "chmod 755 tool", "ln -s tool link")
            .With("artifacts", new JsonArray(new JsonObject
            {
                ["name"] = "things",
                ["paths"] = new JsonArray("out/", "tool", "l*", "missing"),
                ["exclude"] = new JsonArray("out/**/*.log"),
                ["when"] = "on_success",
                ["artifact_type"] = "archive",
                ["artifact_format"] = "zip",
                ["expire_in"] = "1 week",
            })))).Succeeded();

        var (query, name, content) = Assert.Single(producer.Artifacts);
        Assert.Equal("?artifact_format=zip&artifact_type=archive&expire_in=1%20week", query);
        Assert.Equal("things.zip", name);
        using var zip = new ZipArchive(new MemoryStream(content));
        Assert.Equal(["link", "out/deep/file", "tool"], zip.Entries.Select(entry => entry.FullName).Where(entry => !entry.EndsWith('/')).Order(StringComparer.Ordinal));
        Assert.Contains("missing: no matching files", producer.Trace, StringComparison.Ordinal);

        var consumer = (await setting.Run(Payload.Script("rm -f nothing", "cat out/deep/file", "./tool", "readlink link")
            .WithVariable(Payload.Variable("GIT_STRATEGY", "empty"))
            .With("dependencies", new JsonArray(new JsonObject
            {
                ["id"] = producer.Id,
                ["token"] = producer.Token,
                ["name"] = "producer",
                ["artifacts_file"] = new JsonObject { ["filename"] = "things.zip", ["size"] = content.Length },
            })))).Succeeded();
        Assert.Contains("\ndata\n", consumer.Trace, StringComparison.Ordinal);
        Assert.Contains("\nran\n", consumer.Trace, StringComparison.Ordinal);
        Assert.Contains("\ntool\n", consumer.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_is_found_again_in_the_volume_at_cache_dir()
    {
        await using var setting = await JobSetting.Start("volumes = [\"/cache\"]");
        JsonObject Cached(params string[] script) => Payload.Script(script)
            .WithVariable(Payload.Variable("GIT_STRATEGY", "empty"))
            .With("cache", new JsonArray(new JsonObject { ["key"] = "deps", ["paths"] = new JsonArray("kept/"), ["policy"] = "pull-push", ["when"] = "on_success" }));

        var first = (await setting.Run(Cached("mkdir kept; echo from before >kept/file"))).Succeeded();
        var second = (await setting.Run(Cached("cat kept/file"))).Succeeded();

        Assert.Contains("No cache found for deps", first.Trace, StringComparison.Ordinal);
        Assert.Contains("\nfrom before\n", second.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_volume_for_the_cache_the_log_says_so_and_the_job_goes_on()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("true").With("cache", new JsonArray(new JsonObject { ["key"] = "k", ["paths"] = new JsonArray("x") })))).Succeeded();

        Assert.Contains("The cache is off: no volume is at /cache.", job.Trace, StringComparison.Ordinal);
    }
}
