using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;
using Berth.Runner.Jobs;

namespace Berth.Tests.Runner;

/// <summary>A job's variables as its scripts see them.</summary>
public sealed class JobVariablesTests
{
    private static readonly RunnerEntry Runner = new() { Name = "tests", Url = "http://localhost", Token = "glrt-tests", Docker = new DockerSettings(), Environment = ["A=of the runner", "R=$A"] };

    private static JobVariables Of(params JobVariable[] variables)
    {
        var job = new Job { Variables = variables };
        return JobVariables.Of(job, Runner, JobPaths.Of(job, Runner), [("OWN", "$A")]);
    }

    [Fact]
    public void The_last_of_a_name_wins_and_values_expand_once()
    {
        var variables = Of(new("A", "1"), new("A", "2"), new("B", "$A"), new("C", "$B"), new("D", "$NONE.$1"), new("RAW", "$A") { Raw = true });

        Assert.Equal(("2", "2", "$A", ".", "$A"), (variables["A"], variables["B"], variables["C"], variables["D"], variables["RAW"]));
        Assert.Equal(("2", "$A"), (variables["R"], variables["OWN"]));
    }

    [Fact]
    public void A_file_variable_is_its_path_to_others_and_its_content_to_the_runner()
    {
        var variables = Of(new("KEY", "secret\n") { File = true }, new("WHERE", "at $KEY"));

        Assert.Equal("/builds/project-0.tmp/KEY", variables["KEY"]);
        Assert.Equal("at /builds/project-0.tmp/KEY", variables["WHERE"]);
        Assert.Equal("secret\n", variables.Content("KEY"));
    }
}
