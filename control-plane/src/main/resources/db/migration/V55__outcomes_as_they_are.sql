-- What a request of hundreds of starts led to is ids, nearly all of them random. Compressing them in the commit took longer than storing
-- them, and saved little.
ALTER TABLE core.unique_key ALTER COLUMN outcomes SET STORAGE EXTERNAL;
