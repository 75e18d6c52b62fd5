-- A store of layout 1, as the first release wrote it: four returns of tests/store/worlds.py. Never changed.
BEGIN TRANSACTION;
CREATE TABLE answers (
	return_id INTEGER NOT NULL,
	question VARCHAR(200) NOT NULL,
	position SMALLINT NOT NULL,
	submodule VARCHAR(200) NOT NULL,
	code SMALLINT NOT NULL,
	option VARCHAR(200) NOT NULL,
	found TEXT NOT NULL,
	sheet TEXT NOT NULL,
	cell VARCHAR(20) NOT NULL,
	evidence_grade SMALLINT,
	evidence TEXT NOT NULL,
	comment TEXT NOT NULL,
	na_reason TEXT NOT NULL,
	PRIMARY KEY (return_id, question),
	FOREIGN KEY(return_id) REFERENCES returns (return_id)
)
 WITHOUT ROWID

;
INSERT INTO "answers" VALUES(1,'LAND.A.1',2,'land',0,'none','0','LAND','D4',NULL,'','','');
INSERT INTO "answers" VALUES(1,'LAND.A.2',3,'land',-5,'','-5','LAND','D5',NULL,'','','');
INSERT INTO "answers" VALUES(1,'LAND.A.3',4,'land',-6,'','-6','LAND','D6',NULL,'','','');
INSERT INTO "answers" VALUES(1,'SEA.A.1',0,'sea',3,'all','3','SEA','D4',NULL,'','','');
INSERT INTO "answers" VALUES(1,'SEA.A.2',1,'sea',-1,'','-1','SEA','D5',NULL,'','','');
INSERT INTO "answers" VALUES(2,'SEA.A.1',0,'sea',1,'some','1','SEA','D4',NULL,'','','');
INSERT INTO "answers" VALUES(2,'SEA.A.2',1,'sea',1,'some','1','SEA','D5',NULL,'','','');
INSERT INTO "answers" VALUES(3,'SEA.A.1',0,'sea',2,'most','2','SEA','D4',NULL,'','','');
INSERT INTO "answers" VALUES(3,'SEA.A.2',1,'sea',2,'most','2','SEA','D5',NULL,'','','');
INSERT INTO "answers" VALUES(4,'LAND.A.1',2,'land',3,'all','3','LAND','D4',NULL,'','','');
INSERT INTO "answers" VALUES(4,'LAND.A.2',3,'land',3,'all','3','LAND','D5',NULL,'','','');
INSERT INTO "answers" VALUES(4,'LAND.A.3',4,'land',3,'all','3','LAND','D6',NULL,'','','');
CREATE TABLE audit (
	audit_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	happened_at DATETIME NOT NULL,
	actor TEXT NOT NULL,
	action VARCHAR(200) NOT NULL,
	return_id INTEGER,
	detail TEXT NOT NULL,
	FOREIGN KEY(return_id) REFERENCES returns (return_id)
);
INSERT INTO "audit" VALUES(1,'2026-11-01 08:01:00.000000','ana','import',1,'QMA.xlsx');
INSERT INTO "audit" VALUES(2,'2026-11-01 08:02:00.000000','ana','import',2,'Été.xlsx');
INSERT INTO "audit" VALUES(3,'2026-11-01 08:03:00.000000','ana','import',3,'QMB again.xlsx');
INSERT INTO "audit" VALUES(4,'2026-11-01 08:04:00.000000','ana','import',4,'visit.xlsx');
INSERT INTO "audit" VALUES(5,'2026-11-01 08:05:00.000000','ana','import-again',3,'QMB once more.xlsx');
INSERT INTO "audit" VALUES(6,'2026-11-01 08:06:00.000000','ben','step:validated',2,'');
INSERT INTO "audit" VALUES(7,'2026-11-01 08:07:00.000000','ben','step:sent_back',3,'wrong year');
CREATE TABLE consents (
	return_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	audience VARCHAR(200) NOT NULL,
	tier VARCHAR(200) NOT NULL,
	given_by TEXT NOT NULL,
	given_on DATE,
	expires_on DATE,
	PRIMARY KEY (return_id, position),
	FOREIGN KEY(return_id) REFERENCES returns (return_id)
);
INSERT INTO "consents" VALUES(1,0,'donors','scores','Minister','2026-08-01',NULL);
CREATE TABLE contributors (
	return_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	organization TEXT NOT NULL,
	sector TEXT NOT NULL,
	part TEXT NOT NULL,
	PRIMARY KEY (return_id, position),
	FOREIGN KEY(return_id) REFERENCES returns (return_id)
);
INSERT INTO "contributors" VALUES(1,0,'Harbour office','customs_border','SEA.A');
CREATE TABLE files (
	sha256 VARCHAR(64) NOT NULL,
	size INTEGER NOT NULL,
	content BLOB NOT NULL,
	PRIMARY KEY (sha256)
);
INSERT INTO "files" VALUES('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',3,X'6F6E65');
INSERT INTO "files" VALUES('6385c6fcd055f34f4a9827a6af63440afbbec5495680933dafa9a5c420fbf9cc',5,X'0074776FFF');
INSERT INTO "files" VALUES('8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f',5,X'7468726565');
INSERT INTO "files" VALUES('04efaf080f5a3e74e1c29d1ca6a48569382cbbcd324e8d59d2b83ef21c039f00',4,X'666F7572');
CREATE TABLE meta (
	name VARCHAR(200) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('schema','1');
INSERT INTO "meta" VALUES('identity','0123456789abcdef0123456789abcdef');
INSERT INTO "meta" VALUES('version','6');
INSERT INTO "meta" VALUES('states','real');
CREATE TABLE parts (
	return_id INTEGER NOT NULL,
	submodule VARCHAR(200) NOT NULL,
	position SMALLINT NOT NULL,
	asked INTEGER NOT NULL,
	applicable INTEGER NOT NULL,
	answered INTEGER NOT NULL,
	PRIMARY KEY (return_id, submodule),
	FOREIGN KEY(return_id) REFERENCES returns (return_id)
)
 WITHOUT ROWID

;
INSERT INTO "parts" VALUES(1,'land',1,2,2,1);
INSERT INTO "parts" VALUES(1,'sea',0,2,1,1);
INSERT INTO "parts" VALUES(2,'sea',0,2,2,2);
INSERT INTO "parts" VALUES(3,'sea',0,2,2,2);
INSERT INTO "parts" VALUES(4,'land',0,3,3,3);
CREATE TABLE problems (
	return_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	file TEXT NOT NULL,
	sheet TEXT NOT NULL,
	cell TEXT NOT NULL,
	code VARCHAR(200) NOT NULL,
	found TEXT NOT NULL,
	allowed TEXT NOT NULL,
	question TEXT NOT NULL,
	severity VARCHAR(20) NOT NULL,
	PRIMARY KEY (return_id, position),
	FOREIGN KEY(return_id) REFERENCES returns (return_id)
);
INSERT INTO "problems" VALUES(1,0,'QMA.xlsx','SEA','D5','na-without-reason','n/a','0-3','SEA.A.2','note');
INSERT INTO "problems" VALUES(1,1,'QMA.xlsx','LAND','D5','answer-not-allowed','perhaps; ''yes''','0-3','LAND.A.2','repair');
CREATE TABLE returns (
	return_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	sha256 VARCHAR(64) NOT NULL,
	file TEXT NOT NULL,
	instrument VARCHAR(200) NOT NULL,
	iso3 VARCHAR(20) NOT NULL,
	organization VARCHAR(200) NOT NULL,
	round VARCHAR(20) NOT NULL,
	reading VARCHAR(20) NOT NULL,
	date_from DATE,
	date_to DATE,
	language VARCHAR(20) NOT NULL,
	received_at DATETIME NOT NULL,
	imported_by TEXT NOT NULL,
	CONSTRAINT same_bytes_once UNIQUE (sha256, instrument, iso3, organization, round, reading)
);
INSERT INTO "returns" VALUES(1,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','QMA.xlsx','coast','QMA','Navy','2026','self','2026-03-01','2026-03-09','en','2026-11-01 08:01:00.000000','ana');
INSERT INTO "returns" VALUES(2,'6385c6fcd055f34f4a9827a6af63440afbbec5495680933dafa9a5c420fbf9cc','Été.xlsx','coast','QMB','','2026','self',NULL,NULL,'en','2026-11-01 08:02:00.000000','ana');
INSERT INTO "returns" VALUES(3,'8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f','QMB again.xlsx','coast','QMB','','2026','self',NULL,NULL,'en','2026-11-01 08:03:00.000000','ana');
INSERT INTO "returns" VALUES(4,'04efaf080f5a3e74e1c29d1ca6a48569382cbbcd324e8d59d2b83ef21c039f00','visit.xlsx','coast','QMA','','2024','visit',NULL,NULL,'en','2026-11-01 08:04:00.000000','ana');
CREATE TABLE steps (
	step_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	return_id INTEGER NOT NULL,
	step VARCHAR(20) NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at DATETIME NOT NULL,
	reason TEXT NOT NULL,
	FOREIGN KEY(return_id) REFERENCES returns (return_id)
);
INSERT INTO "steps" VALUES(1,1,'submitted','ana','2026-11-01 08:01:00.000000','');
INSERT INTO "steps" VALUES(2,2,'submitted','ana','2026-11-01 08:02:00.000000','');
INSERT INTO "steps" VALUES(3,3,'submitted','ana','2026-11-01 08:03:00.000000','');
INSERT INTO "steps" VALUES(4,4,'draft','ana','2026-11-01 08:04:00.000000','');
INSERT INTO "steps" VALUES(5,2,'validated','ben','2026-11-01 08:06:00.000000','');
INSERT INTO "steps" VALUES(6,3,'sent_back','ben','2026-11-01 08:07:00.000000','wrong year');
CREATE TABLE vectors (
	return_id INTEGER NOT NULL,
	layout VARCHAR(64) NOT NULL,
	codes BLOB NOT NULL,
	PRIMARY KEY (return_id),
	FOREIGN KEY(return_id) REFERENCES returns (return_id)
);
INSERT INTO "vectors" VALUES(1,'7c1d2801a474628be38794005c3f97199001464846c0212ead2579036279fc85',X'03FF00FBFA');
INSERT INTO "vectors" VALUES(2,'7c1d2801a474628be38794005c3f97199001464846c0212ead2579036279fc85',X'0101F8F8F8');
INSERT INTO "vectors" VALUES(3,'7c1d2801a474628be38794005c3f97199001464846c0212ead2579036279fc85',X'0202F8F8F8');
INSERT INTO "vectors" VALUES(4,'7c1d2801a474628be38794005c3f97199001464846c0212ead2579036279fc85',X'F8F8030303');
CREATE TRIGGER files_no_update BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'files: rows are appended, never changed'); END;
CREATE TRIGGER files_no_delete BEFORE DELETE ON files BEGIN SELECT RAISE(ABORT, 'files: rows are appended, never changed'); END;
CREATE INDEX returns_of_instrument ON returns (instrument);
CREATE TRIGGER returns_no_update BEFORE UPDATE ON returns BEGIN SELECT RAISE(ABORT, 'returns: rows are appended, never changed'); END;
CREATE TRIGGER returns_no_delete BEFORE DELETE ON returns BEGIN SELECT RAISE(ABORT, 'returns: rows are appended, never changed'); END;
CREATE TRIGGER parts_no_update BEFORE UPDATE ON parts BEGIN SELECT RAISE(ABORT, 'parts: rows are appended, never changed'); END;
CREATE TRIGGER parts_no_delete BEFORE DELETE ON parts BEGIN SELECT RAISE(ABORT, 'parts: rows are appended, never changed'); END;
CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers BEGIN SELECT RAISE(ABORT, 'answers: rows are appended, never changed'); END;
CREATE TRIGGER answers_no_delete BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'answers: rows are appended, never changed'); END;
CREATE TRIGGER problems_no_update BEFORE UPDATE ON problems BEGIN SELECT RAISE(ABORT, 'problems: rows are appended, never changed'); END;
CREATE TRIGGER problems_no_delete BEFORE DELETE ON problems BEGIN SELECT RAISE(ABORT, 'problems: rows are appended, never changed'); END;
CREATE TRIGGER contributors_no_update BEFORE UPDATE ON contributors BEGIN SELECT RAISE(ABORT, 'contributors: rows are appended, never changed'); END;
CREATE TRIGGER contributors_no_delete BEFORE DELETE ON contributors BEGIN SELECT RAISE(ABORT, 'contributors: rows are appended, never changed'); END;
CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents BEGIN SELECT RAISE(ABORT, 'consents: rows are appended, never changed'); END;
CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents BEGIN SELECT RAISE(ABORT, 'consents: rows are appended, never changed'); END;
CREATE INDEX steps_of_return ON steps (return_id, step_id);
CREATE TRIGGER steps_no_update BEFORE UPDATE ON steps BEGIN SELECT RAISE(ABORT, 'steps: rows are appended, never changed'); END;
CREATE TRIGGER steps_no_delete BEFORE DELETE ON steps BEGIN SELECT RAISE(ABORT, 'steps: rows are appended, never changed'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit: rows are appended, never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit: rows are appended, never changed'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('returns',4);
INSERT INTO "sqlite_sequence" VALUES('steps',6);
INSERT INTO "sqlite_sequence" VALUES('audit',7);
COMMIT;
