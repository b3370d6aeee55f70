using System.Text.Json.Nodes;

namespace Berth.Acceptance.Runner;

/// <summary>Services beside a job: names, what they see, and the wait for them.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task A_service_is_reached_by_its_image_name_and_its_aliases_once_its_port_answers()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("cat /proc/net/route >/dev/null", "nc busybox 8000 </dev/null", "nc web 8000 </dev/null")
            .With("services", new JsonArray(Service("8000", "sleep 1; exec nc -ll -p 8000 -e echo served \"$SEEN\"", alias: "web")))
            .WithVariable(Payload.Variable("SEEN", "public"))
            .WithVariable(Payload.Variable("SECRET", "never-shown", isPublic: false)))).Succeeded();

        Assert.Contains("served public\n", job.Trace, StringComparison.Ordinal);
        Assert.DoesNotContain("probably didn't start properly", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_gets_no_variable_that_is_not_public()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("nc busybox 8000 </dev/null")
            .With("services", new JsonArray(Service("8000", "exec nc -ll -p 8000 -e echo \"<$SECRET>\"")))
            .WithVariable(Payload.Variable("SECRET", "for-the-job-alone", isPublic: false)))).Succeeded();

        Assert.Contains("<>\n", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_ends_at_once_is_warned_of_with_its_log_and_the_job_goes_on()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("echo went on")
            .With("services", new JsonArray(Service("80", "echo has no way to start; exit 3"))))).Succeeded();

        Assert.Contains("probably didn't start properly", job.Trace, StringComparison.Ordinal);
        Assert.Contains("ended with exit code 3", job.Trace, StringComparison.Ordinal);
        Assert.Contains("has no way to start", job.Trace, StringComparison.Ordinal);
        Assert.Contains("went on\n", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_warned_of_after_wait_for_services_timeout()
    {
        await using var setting = await JobSetting.Start("wait_for_services_timeout = 2");

        var job = (await setting.Run(Payload.Script("echo went on")
            .With("services", new JsonArray(Service("80", "echo I sleep; exec sleep 1000"))))).Succeeded();

        Assert.Contains("Waiting for services to be up and running (timeout 2 seconds)...", job.Trace, StringComparison.Ordinal);
        Assert.Contains(" timeout\n", job.Trace, StringComparison.Ordinal);
        Assert.Contains("I sleep", job.Trace, StringComparison.Ordinal);
        Assert.Contains("went on\n", job.Trace, StringComparison.Ordinal);
    }

    private static JsonObject Service(string port, string script, string alias = "") => new()
    {
        ["name"] = "busybox:latest",
        ["alias"] = alias,
        ["entrypoint"] = new JsonArray("sh", "-c"),
        ["command"] = new JsonArray(script),
        ["variables"] = new JsonArray(Payload.Variable("HEALTHCHECK_TCP_PORT", port)),
    };
}
