using Berth.Pipelines;

namespace Berth.Tests.Pipelines;

public sealed class ErrorTests
{
    /// <summary>A job named x with a script; its other keys begin in line 3, column 3.</summary>
    [Theory]
    [InlineData("script: 5", "2:11: jobs:x:script config should be a string or a nested array of strings up to 10 levels deep")]
    [InlineData("script: [a, {echo: b}]", "2:15: jobs:x:script config should be a string or a nested array of strings up to 10 levels deep")]
    [InlineData("script: [[[[[[[[[[[eleven]]]]]]]]]]]", "2:21: jobs:x:script config should be a string or a nested array of strings up to 10 levels deep")]
    [InlineData("script: []", "2:11: jobs:x:script config can't be blank")]
    [InlineData("script: ''", "2:11: jobs:x:script config can't be blank")]
    [InlineData("before_script: {a: b}", "3:18: jobs:x:before_script config should be a string or a nested array of strings up to 10 levels deep")]
    [InlineData("foo: 1", "3:3: jobs:x config contains unknown keys: foo")]
    [InlineData("on: push", "3:3: jobs:x config contains unknown keys: true")]
    [InlineData("stage: nowhere", "3:10: x job: chosen stage does not exist; available stages are .pre, build, test, deploy, .post")]
    [InlineData("stage: 1", "3:10: jobs:x:stage config should be a string")]
    [InlineData("image: 3", "3:10: jobs:x:image config should be a hash or a string")]
    [InlineData("image: [a]", "3:10: jobs:x:image config should be a hash or a string")]
    [InlineData("image: {entrypoint: []}", "3:10: jobs:x:image name can't be blank")]
    [InlineData("image: ''", "3:10: jobs:x:image name can't be blank")]
    [InlineData("image: {name: a, foo: b}", "3:20: jobs:x:image config contains unknown keys: foo")]
    [InlineData("image: {name: a, pull_policy: maybe}", "3:33: jobs:x:image:pull_policy config contains unknown values: maybe")]
    [InlineData("image: {name: a, docker: {gpu: 1}}", "3:29: jobs:x:image:docker config contains unknown keys: gpu")]
    [InlineData("image: {name: a, kubernetes: {}}", "3:20: jobs:x:image:kubernetes is not supported by Berth yet")]
    [InlineData("services: docker:dind", "3:13: jobs:x:services config should be an array")]
    [InlineData("services: [1]", "3:14: jobs:x:services:service config should be a hash or a string")]
    [InlineData("services: [{alias: a}]", "3:14: jobs:x:services:service name can't be blank")]
    [InlineData("services: [{name: a, foo: b}]", "3:24: jobs:x:services:service config contains unknown keys: foo")]
    [InlineData("variables: [a]", "3:14: jobs:x:variables config should be a hash of key value pairs, value can be a hash")]
    [InlineData("variables: {A: [b]}", "3:18: jobs:x:variables:A variable definition must be either a string or a hash")]
    [InlineData("variables: {A: {value: b, description: c}}", "3:29: jobs:x:variables:A config uses invalid data keys: description")]
    [InlineData("variables: {A: {value: [b]}}", "3:26: jobs:x:variables:A config value must be a scalar")]
    [InlineData("variables: {'A=B': c}", "3:15: jobs:x:variables config has a variable name that no environment can hold: A=B")]
    [InlineData("tags: docker", "3:9: jobs:x:tags config should be an array of strings")]
    [InlineData("tags: [[a]]", "3:10: jobs:x:tags config should be an array of strings")]
    [InlineData("artifacts: [a]", "3:14: jobs:x:artifacts config should be a hash")]
    [InlineData("artifacts: {path: [a]}", "3:15: jobs:x:artifacts config contains unknown keys: path")]
    [InlineData("artifacts: {paths: a}", "3:22: jobs:x:artifacts:paths config should be an array of strings")]
    [InlineData("artifacts: {when: never}", "3:21: jobs:x:artifacts when should be one of: on_success, on_failure, always")]
    [InlineData("artifacts: {expire_in: soon}", "3:26: jobs:x:artifacts expire in should be a duration")]
    [InlineData("artifacts: {reports: {junit: a.xml}}", "3:15: jobs:x:artifacts:reports is not supported by Berth yet")]
    [InlineData("when: later", "3:9: jobs:x when should be one of: on_success, on_failure, always, manual, delayed")]
    [InlineData("when: never", "3:9: jobs:x when should be one of: on_success, on_failure, always, manual, delayed")]
    [InlineData("when: delayed", "3:9: jobs:x when: delayed is not supported by Berth yet")]
    [InlineData("allow_failure: maybe", "3:18: jobs:x:allow_failure config should be a hash or a boolean value")]
    [InlineData("allow_failure: {exit_codes: [a]}", "3:32: jobs:x:allow_failure:exit_codes should be an array of integers or an integer")]
    [InlineData("retry: 3", "3:10: jobs:x:retry config must be less than or equal to 2")]
    [InlineData("retry: -1", "3:10: jobs:x:retry config must be greater than or equal to 0")]
    [InlineData("retry: often", "3:10: jobs:x:retry config has to be either an integer or a hash")]
    [InlineData("retry: {max: 1, when: bad_luck}", "3:25: jobs:x:retry:when contains unknown values: bad_luck")]
    [InlineData("timeout: soon", "3:12: jobs:x:timeout config should be a duration")]
    [InlineData("timeout: 0", "3:12: jobs:x:timeout config should be a duration")]
    [InlineData("interruptible: 1", "3:18: jobs:x:interruptible config should be a boolean value")]
    [InlineData("environment: a#b", "3:16: jobs:x:environment name can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'")]
    [InlineData("environment: {name: a, url: b}", "3:26: jobs:x:environment:url is not supported by Berth yet")]
    [InlineData("needs: [y]", "3:10: x job: undefined need: y")]
    [InlineData("needs: [1]", "3:11: jobs:x:needs:need config has an unsupported type")]
    [InlineData("needs: [x]", "3:10: The pipeline has circular dependencies: x")]
    [InlineData("needs: [{pipeline: a}]", "3:12: jobs:x:needs:need:pipeline is not supported by Berth yet")]
    [InlineData("dependencies: [y]", "3:17: x job: undefined dependency: y")]
    [InlineData("rules: []", "3:10: jobs:x:rules config can't be blank")]
    [InlineData("rules: always", "3:10: jobs:x:rules config should be an array containing hashes and arrays of hashes")]
    [InlineData("rules: [always]", "3:11: jobs:x:rules config should be an array containing hashes and arrays of hashes")]
    [InlineData("rules: [{if: 'A'}]", "3:16: jobs:x:rules:rule if invalid expression syntax (unknown at character 1)")]
    [InlineData("rules: [{if: yes}]", "3:16: jobs:x:rules:rule if invalid expression syntax (it should be a string)")]
    [InlineData("rules: [{when: sometimes}]", "3:18: jobs:x:rules:rule when unknown value: sometimes")]
    [InlineData("rules: [{allow_failure: 1}]", "3:27: jobs:x:rules:rule:allow_failure config should be a boolean value")]
    [InlineData("rules: [{changes: [a]}]", "3:12: jobs:x:rules:rule:changes is not supported by Berth yet")]
    [InlineData("rules: [{exists: [a]}]", "3:12: jobs:x:rules:rule:exists is not supported by Berth yet")]
    [InlineData("rules: [{iff: $A}]", "3:12: jobs:x:rules:rule config contains unknown keys: iff")]
    [InlineData("only: main", "3:9: jobs:x:only has to be either an array of conditions or a hash")]
    [InlineData("only: [/(/]", "3:10: jobs:x:only config should be an array of strings or regular expressions using re2 syntax")]
    [InlineData("only: {changes: [a]}", "3:10: jobs:x:only:changes is not supported by Berth yet")]
    [InlineData("except: {variables: ['$A ==']}", "3:24: jobs:x:except variables invalid expression syntax (it ends too early)")]
    [InlineData("cache: {paths: [a]}", "3:3: jobs:x:cache is not supported by Berth yet")]
    [InlineData("parallel: 3", "3:3: jobs:x:parallel is not supported by Berth yet")]
    [InlineData("coverage: /a/", "3:3: jobs:x:coverage is not supported by Berth yet")]
    [InlineData("trigger: a/b", "3:3: jobs:x:trigger is not supported by Berth yet")]
    [InlineData("inherit: {default: [cache]}", "3:22: jobs:x:inherit:default config contains unknown values: cache")]
    [InlineData("extends: .nothing", "3:12: x: unknown keys in `extends` (.nothing)")]
    public void What_is_wrong_in_a_job_is_said_in_GitLabs_words_with_its_place(string line, string error)
    {
        var script = line.StartsWith("script:", StringComparison.Ordinal) ? "" : "  script: echo\n";
        Assert.Equal(error, PipelineText.Error($"x:\n{script}  {line}\n"));
    }

    [Theory]
    [InlineData("stages: build", "1:9: stages config should be an array of strings")]
    [InlineData("stages: [1]", "1:10: stages config should be an array of strings")]
    [InlineData("include: other.yml", "1:1: include is not supported by Berth yet")]
    [InlineData("cache: {paths: [a]}", "1:1: cache is not supported by Berth yet")]
    [InlineData("default: {foo: 1}", "1:11: default config contains unknown keys: foo")]
    [InlineData("default: {cache: {}}", "1:11: default:cache is not supported by Berth yet")]
    [InlineData("default: 1", "1:10: default config should be a hash")]
    [InlineData("workflow: {name: a}", "1:12: workflow:name is not supported by Berth yet")]
    [InlineData("workflow: {rules: [{when: manual}]}", "1:27: workflow:rules:rule when unknown value: manual")]
    [InlineData("y: 5", "1:1: jobs:y config should be a hash")]
    [InlineData("y: {image: a}", "1:4: jobs:y config should implement the script:, run:, or trigger: keyword")]
    [InlineData("yes: {script: a}", "1:1: jobs:true name is reserved (put a word like yes or on in quotes to use it)")]
    [InlineData("pages: {script: a}", "1:1: jobs:pages, a job that publishes pages, is not supported by Berth yet")]
    [InlineData("y: {script: a, needs: [x, x]}", "1:23: y has the following needs duplicated: x.")]
    [InlineData("y: {script: a, stage: build, needs: [x]}", "1:37: y job: need x is not defined in current or prior stages")]
    [InlineData("y: {script: a, dependencies: [x]}", "1:30: y job: dependency x is not defined in current or prior stages")]
    [InlineData("variables: {A: {value: a, options: [b]}}", "1:16: variables:A config value must be present in options")]
    public void What_is_wrong_in_the_file_is_said_in_GitLabs_words_with_its_place(string line, string error) =>
        Assert.Equal(error, PipelineText.Error($"{line}\nx: {{script: echo}}\n"));

    [Fact]
    public void All_errors_are_told_at_once_in_the_order_of_the_file() => Assert.Equal(
        [
            "2:10: jobs:a:image config should be a hash or a string",
            "3:3: jobs:a config contains unknown keys: scirpt",
            "4:3: jobs:a:cache is not supported by Berth yet",
            "5:4: jobs:b config should implement the script:, run:, or trigger: keyword",
        ],
        PipelineText.Errors("a:\n  image: 1\n  scirpt: b\n  cache: []\nb: {}\n").Where(error => !error.StartsWith("2:3: jobs:a config should implement", StringComparison.Ordinal)));

    [Fact]
    public void The_same_default_at_the_root_and_under_default_is_refused() => Assert.Equal(
        "1:1: image is defined in top-level and `default:` entry", PipelineText.Error("image: a\ndefault: {image: b}\nx: {script: c}\n"));

    [Fact]
    public void A_file_without_visible_jobs_is_refused() =>
        Assert.Equal("1:1: jobs config should contain at least one visible job", PipelineText.Error(".x: {script: a}\n"));

    [Fact]
    public void Dependencies_have_to_be_among_the_needs() => Assert.Equal(
        "3:44: jobs:c dependencies the b should be part of needs",
        PipelineText.Error("a: {script: x}\nb: {script: x}\nc: {script: x, needs: [a], dependencies:   [b]}\n"));

    [Fact]
    public void Only_and_rules_do_not_go_together() => Assert.Equal(
        "4:9: jobs:x config key may not be used with `rules`: only",
        PipelineText.Error("x:\n  script: a\n  rules: [{when: always}]\n  only: [main]\n"));

    [Fact]
    public void More_than_500_jobs_are_refused() => Assert.Equal(
        "501:1: jobs config should contain at most 500 visible jobs, not 501",
        PipelineText.Error(string.Concat(Enumerable.Range(0, 501).Select(i => $"j{i}: {{script: a}}\n"))));

    [Fact]
    public void A_name_of_256_characters_is_refused() => Assert.EndsWith(
        "name is too long (maximum is 255 characters)", PipelineText.Error($"{new string('n', 256)}: {{script: a}}\n"), StringComparison.Ordinal);

    [Fact]
    public void After_100_errors_the_rest_is_one_line()
    {
        var errors = PipelineText.Errors(string.Concat(Enumerable.Range(0, 300).Select(i => $"j{i}: 1\n")));
        Assert.Equal(PipelineLimits.MaxErrors + 1, errors.Count);
        Assert.EndsWith("there are more errors; mend these first", errors[^1], StringComparison.Ordinal);
    }
}
