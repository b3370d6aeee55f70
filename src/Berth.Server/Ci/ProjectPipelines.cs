using System.Globalization;
using System.Text;
using Berth.Pipelines;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Git;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>Makes pipelines out of the .gitlab-ci.yml of a commit, and finds them again.</summary>
internal sealed class ProjectPipelines(
    MetadataDatabase database, GitRepositories repositories, CiVariables variables, JobQueue queue, BerthSettings settings, TimeProvider time, ILogger<ProjectPipelines> log)
{
    private const int MaxMessage = 100_000;

    private static readonly string[] SkipWords = ["[skip ci]", "[ci skip]", "[skip-ci]", "[ci-skip]"];

    public async Task<PipelineRow?> Find(long projectId, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<PipelineRow>(PipelineQueries.OfProject, new { project = projectId, id }, cancellationToken);
    }

    /// <summary>A project's pipelines with ids below <paramref name="before"/>, newest first.</summary>
    public async Task<List<PipelineRow>> Page(long projectId, long before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<PipelineRow>(PipelineQueries.Page, new { project = projectId, before, limit }, cancellationToken);
    }

    /// <summary>A page of them, and how many there are as far as they are counted.</summary>
    public async Task<(List<PipelineRow> Rows, int Counted)> Page(long projectId, long before, ApiPage page, CancellationToken cancellationToken)
    {
        var of = new { project = projectId, before, limit = page.Size, skip = page.Skip, needed = page.Needed };
        await using var connection = await database.OpenRead(cancellationToken);
        return (await connection.Query<PipelineRow>(PipelineQueries.PageAt, of, cancellationToken), (int)await connection.QueryFirstOrDefault<long>(PipelineQueries.Count, of, cancellationToken));
    }

    /// <summary>Makes the pipeline of a branch or, if none is called so, of a tag, because somebody asked for it.</summary>
    public async Task<NewPipelineOutcome> CreateOn(long projectId, string reference, string source, long userId, IReadOnlyDictionary<string, string> given, CancellationToken cancellationToken)
    {
        var repository = await repositories.Open(projectId);
        var (isTag, sha) = await repository.Resolve("refs/heads/" + reference, cancellationToken) is { } branch
            ? (false, branch)
            : (true, await repository.Resolve("refs/tags/" + reference, cancellationToken));
        return sha is null
            ? new NewPipelineOutcome.NoCommit()
            : await Create(new NewPipeline(projectId, reference, isTag, sha, NewPipeline.NoCommit, source, userId, Skip: false, given), alongside: null, cancellationToken);
    }

    public Task<string?> DefaultBranch(long projectId, CancellationToken cancellationToken) => repositories.DefaultBranch(projectId, cancellationToken);

    /// <summary>Branches and tags that pipelines can be run on, some of them: those that changed last.</summary>
    public async Task<List<string>> Refs(long projectId, int most, CancellationToken cancellationToken) =>
        await (await repositories.Open(projectId)).NewestRefs(most, cancellationToken);

    /// <summary>
    /// Makes the pipeline and lets its first jobs go. <paramref name="alongside"/> runs in the transaction that makes it (or decides
    /// that none is made), so that what asked for it is worked on exactly once.
    /// </summary>
    public async Task<NewPipelineOutcome> Create(NewPipeline wanted, Action<WriteTransaction>? alongside, CancellationToken cancellationToken)
    {
        var repository = await repositories.Open(wanted.ProjectId);
        if (await repository.FindCommit(wanted.Sha, cancellationToken) is not { } commit)
            return await WithoutPipeline(new NewPipelineOutcome.NoCommit(), alongside);
        if (await ReadFile(repository, wanted.Sha, cancellationToken) is not { } text)
            return await WithoutPipeline(new NewPipelineOutcome.NoFile(), alongside);
        var draft = await MakeDraft(wanted, commit, text, cancellationToken);
        if (draft.Status == PipelineStatus.Created && draft.Jobs.Count == 0)
            return await WithoutPipeline(new NewPipelineOutcome.Filtered(draft.Error!), alongside);
        var pipeline = await database.Write(transaction =>
        {
            alongside?.Invoke(transaction);
            return Insert(transaction, wanted, draft);
        });
        if (draft.Status == PipelineStatus.Created)
            await Release(pipeline, repository);
        log.PipelineMade(pipeline.Id, pipeline.ProjectId, pipeline.Ref, pipeline.Sha, draft.Status.Word(), draft.Jobs.Count);
        return new NewPipelineOutcome.Made(pipeline);
    }

    /// <summary>Lets go the jobs of pipelines that a crash left between their making and this.</summary>
    public async Task Resume(CancellationToken cancellationToken)
    {
        const int Batch = 100;
        List<PipelineRow> left;
        for (long last = 0; (left = await Created(last, Batch, cancellationToken)).Count > 0; last = left[^1].Id)
        {
            foreach (var pipeline in left)
                await Release(pipeline, await repositories.Open(pipeline.ProjectId));
        }
    }

    private async Task<List<PipelineRow>> Created(long last, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<PipelineRow>(PipelineQueries.Created, new { last, limit }, cancellationToken);
    }

    /// <summary>The pipeline's own ref first, so that no runner finds its commit gone.</summary>
    private async Task Release(PipelineRow pipeline, GitRepository repository)
    {
        await repository.SetRef(PipelineStarter.RefOf(pipeline.Id), pipeline.Sha);
        var now = time.Micros();
        await database.Write(transaction => PipelineProgress.Advance(transaction, pipeline.Id, now));
        queue.Signal();
    }

    private async Task<NewPipelineOutcome> WithoutPipeline(NewPipelineOutcome outcome, Action<WriteTransaction>? alongside)
    {
        if (alongside is not null)
            await database.Write(alongside);
        return outcome;
    }

    private static async Task<string?> ReadFile(GitRepository repository, string sha, CancellationToken cancellationToken)
    {
        await using var file = await repository.OpenFile(sha, PipelineStarter.ConfigPath, cancellationToken);
        if (file is null)
            return null;
        // One byte more than is taken is enough for the parser to refuse it in its own words.
        var bytes = new byte[(int)Math.Min(file.Size, PipelineLimits.MaxFileBytes + 1)];
        await file.Bytes.ReadExactlyAsync(bytes, cancellationToken);
        return Encoding.UTF8.GetString(bytes);
    }

    private async Task<PipelineDraft> MakeDraft(NewPipeline wanted, GitCommit commit, string text, CancellationToken cancellationToken)
    {
        ProjectRow project;
        string? defaultBranch;
        await using (var connection = await database.OpenRead(cancellationToken))
        {
            project = (await connection.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectById, new { id = wanted.ProjectId }, cancellationToken))!;
            defaultBranch = await connection.QueryFirstOrDefault<string>(GitQueries.DefaultBranch, new { projectId = wanted.ProjectId }, cancellationToken);
        }
        var message = commit.Message.Length > MaxMessage ? commit.Message[..MaxMessage] : commit.Message;
        var draft = new PipelineDraft(message, $"{commit.Author.Name} <{commit.Author.Email}>", commit.Committer.At.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
            !wanted.IsTag && wanted.Ref == defaultBranch);
        if (wanted.Skip || SkipWords.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return draft with { Status = PipelineStatus.Skipped };
        var file = PipelineFile.Parse(text);
        if (file.Definition is not { } definition)
            return draft with { Status = PipelineStatus.Failed, Error = string.Join('\n', file.Errors.Select(error => $"{error.Message} (line {error.Line}, column {error.Column})")) };
        var predefined = PredefinedVariables.OfPipeline(settings, project, defaultBranch, wanted, message, draft.Author, draft.Time, draft.RefProtected);
        var planned = definition.Plan(new PipelineContext(wanted.Ref, wanted.IsTag, wanted.Source, ToDictionary(predefined))
        {
            Overrides = ToDictionary((await variables.ForRef(wanted.ProjectId, draft.RefProtected, cancellationToken)).Concat(wanted.Variables.Select(given => new JobVariable(given.Key, given.Value)))),
        });
        return planned.IsFailure
            ? draft with { Status = PipelineStatus.Failed, Error = planned.Error }
            : draft with { Jobs = planned.Jobs, Error = planned.Error };
    }

    private static Dictionary<string, string> ToDictionary(IEnumerable<JobVariable> variables)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in variables)
            map[variable.Key] = variable.Value;
        return map;
    }

    private PipelineRow Insert(WriteTransaction transaction, NewPipeline wanted, PipelineDraft draft)
    {
        var now = time.Micros();
        var id = transaction.QuerySingle<long>(PipelineQueries.Insert, new
        {
            project = wanted.ProjectId,
            iid = transaction.QuerySingle<long>(PipelineQueries.NextIid, new { project = wanted.ProjectId }),
            @ref = wanted.Ref,
            isTag = wanted.IsTag ? 1L : 0L,
            sha = wanted.Sha,
            before = wanted.BeforeSha,
            source = wanted.Source,
            status = draft.Status.Word(),
            configError = draft.Error,
            message = draft.Message,
            author = draft.Author,
            time = draft.Time,
            refProtected = draft.RefProtected ? 1L : 0L,
            user = wanted.UserId,
            now,
            finished = draft.Status == PipelineStatus.Created ? (long?)null : now,
        });
        var timeout = transaction.QuerySingle<long>("select build_timeout from projects where id = @id", new { id = wanted.ProjectId });
        foreach (var job in draft.Jobs)
            Jobs.InsertJob(transaction, id, wanted.ProjectId, job, wanted.UserId, now, timeout);
        return transaction.QuerySingle<PipelineRow>(PipelineQueries.ById, new { id });
    }

    /// <summary>A pipeline as it will be written.</summary>
    private sealed record PipelineDraft(string Message, string Author, string Time, bool RefProtected)
    {
        public PipelineStatus Status { get; init; } = PipelineStatus.Created;

        public string? Error { get; init; }

        public IReadOnlyList<PlannedJob> Jobs { get; init; } = [];
    }
}
