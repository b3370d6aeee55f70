using System.Security.Cryptography;
using Berth.Server.Access.Login;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Jobs that run, put into the database as they are once a runner has taken them.</summary>
internal static class RunningJobs
{
    /// <summary>What a job of a user's in a project logs in with: 'name:token'.</summary>
    public static async Task<string> Start(TestServer server, long project, long user)
    {
        var secret = ProjectCredentials.JobTokenPrefix + RandomNumberGenerator.GetHexString(27);
        var hash = Credentials.HashSecret(secret);
        var iid = RandomNumberGenerator.GetInt32(int.MaxValue);
        await server.Database.Write(transaction =>
        {
            var pipeline = transaction.QuerySingle<long>("""
                insert into pipelines (project_id, iid, ref, is_tag, sha, before_sha, source, status, commit_message, commit_author, commit_time, ref_protected, user_id, created_at)
                values (@project, @iid, 'main', 0, '', '', 'push', 'running', '', '', '', 0, @user, 0) returning id
                """, new { project, iid, user });
            transaction.Execute("""
                insert into jobs (pipeline_id, project_id, name, stage, stage_index, status, definition, tags, allow_failure, retried, user_id, token_hash, timeout_seconds, created_at)
                values (@pipeline, @project, 'build', 'build', 0, 'running', '{}', '', 0, 0, @user, @hash, 3600, 0)
                """, new { pipeline, project, user, hash });
        });
        return $"{ProjectCredentials.JobTokenUser}:{secret}";
    }
}
