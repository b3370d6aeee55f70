namespace Berth.Server.Images;

/// <summary>The SQL that makes images known by the words of their names.</summary>
internal static class ImageWordQueries
{
    public const string Unindexed = "select id from repositories where indexed_name <> image_name order by id limit @limit";

    /// <summary>For update: a rename at this moment is either seen here, or sees the row unindexed.</summary>
    public const string LockName = "select image_name from repositories where id = @id";

    public const string DeleteWords = "delete from image_words where repository_id = @id";

    public const string InsertWord = "insert into image_words (word, repository_id) values (@word, @id)";

    public const string SetIndexed = "update repositories set indexed_name = @name where id = @id";
}
