using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Berth.Acceptance.Runner;

/// <summary>Serves a repository by git's own CGI program to job tokens, read only.</summary>
internal static class GitBackend
{
    public static async Task Serve(HttpContext context, string? repository, Func<string, bool> isGood)
    {
        if (repository is null)
        {
            context.Response.StatusCode = 404;
            return;
        }
        if (!isGood(Password(context)))
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
            return;
        }
        using var process = Start(context, repository);
        var input = Task.Run(async () =>
        {
            await context.Request.Body.CopyToAsync(process.StandardInput.BaseStream);
            process.StandardInput.Close();
        });
        await Answer(context.Response, process.StandardOutput.BaseStream, context.RequestAborted);
        await input;
        await process.WaitForExitAsync(context.RequestAborted);
    }

    private static Process Start(HttpContext context, string repository)
    {
        var start = new ProcessStartInfo("git", ["http-backend"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["GIT_PROJECT_ROOT"] = repository;
        start.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        start.Environment["PATH_INFO"] = $"/{context.Request.RouteValues["path"]}";
        start.Environment["QUERY_STRING"] = context.Request.QueryString.Value!.TrimStart('?');
        start.Environment["REQUEST_METHOD"] = context.Request.Method;
        start.Environment["CONTENT_TYPE"] = context.Request.ContentType ?? "";
        start.Environment["HTTP_CONTENT_ENCODING"] = context.Request.Headers.ContentEncoding.ToString();
        start.Environment["GIT_PROTOCOL"] = context.Request.Headers["Git-Protocol"].ToString();
        start.Environment["GIT_CONFIG_COUNT"] = "1";
        start.Environment["GIT_CONFIG_KEY_0"] = "safe.directory";
        start.Environment["GIT_CONFIG_VALUE_0"] = "*";
        return Process.Start(start)!;
    }

    private static async Task Answer(HttpResponse response, Stream output, CancellationToken cancellationToken)
    {
        for (var line = await Line(output, cancellationToken); line.Length > 0; line = await Line(output, cancellationToken))
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            if (name == "Status")
                response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            else
                response.Headers[name] = value;
        }
        await output.CopyToAsync(response.Body, cancellationToken);
    }

    private static async Task<string> Line(Stream stream, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }

    private static string Password(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
            return "";
        var login = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':', 2);
        return login is ["gitlab-ci-token", var password] ? password : "";
    }
}
