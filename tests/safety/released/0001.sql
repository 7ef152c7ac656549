PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1464354386;
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE article_versions (
	id INTEGER NOT NULL, 
	article_id TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	added_at TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(article_id) REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(sha256) REFERENCES raws (sha256), 
	CONSTRAINT article_versions_once UNIQUE (article_id, sha256)
);
INSERT INTO "article_versions" VALUES(1,'a-t1da80c5km','4e75af682fc3c4ce4f8f844f5dd37a89c0beca1cac5fd014d881cf1d72ed9804','2025-03-01T00:00:00.000000+00:00');
INSERT INTO "article_versions" VALUES(2,'a-60ydh7yavm','a63d908c523de0065f47534c4f2a2071a96da48e653f7e117bed477ee9b88111','2025-03-01T00:00:00.000000+00:00');
CREATE TABLE articles (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	url TEXT, 
	title TEXT, 
	published TEXT, 
	sha256 TEXT NOT NULL, 
	run_id INTEGER NOT NULL, 
	claims INTEGER NOT NULL, 
	supported INTEGER NOT NULL, 
	contested INTEGER NOT NULL, 
	unsourced INTEGER NOT NULL, 
	not_checked INTEGER NOT NULL, 
	saved_at TEXT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT articles_run FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "articles" VALUES('a-t1da80c5km','article-1.txt',NULL,NULL,NULL,'4e75af682fc3c4ce4f8f844f5dd37a89c0beca1cac5fd014d881cf1d72ed9804',1,3,1,1,1,0,'2025-03-01T00:00:00.000000+00:00');
INSERT INTO "articles" VALUES('a-60ydh7yavm','article-2.txt',NULL,NULL,NULL,'a63d908c523de0065f47534c4f2a2071a96da48e653f7e117bed477ee9b88111',2,3,1,1,1,0,'2025-03-01T00:00:00.000000+00:00');
CREATE TABLE bodies (
	sha256 TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "bodies" VALUES('b18d9ae6a086017c4ab1506c89d8567978d52376b0a7053a264219d64de7cb42','{"aliases":[],"arxiv":null,"authors":["A. Smith"],"contests":[],"doi":null,"findings":[{"caveats":[],"condition":null,"id":"source-1#lies","interval":null,"locator":"section 3","measured_entity":null,"measured_property":null,"models":[],"population":null,"quantities":[],"sample_size":null,"statement":"The model lied in 47% of 200 runs.","verified":"text","version":null}],"id":"source-1","kind":"paper","note":null,"published":"2025-01-15","publisher":null,"reviewed_by":"registry","reviewed_on":"2025-02-01","status":"current","text_status":null,"tier":"primary","title":"A study of source-1","topics":[],"url":null}');
INSERT INTO "bodies" VALUES('a71ea907721255895236566d2b76f6b38f48accfd9d40cece4e4364ee310cb77','{"authors":[],"blocks":[],"id":"a-een1gw3zj9","links":[],"media_type":"text/plain","name":"source-1.txt","note_marks":[],"notes":[],"published":null,"reader":"text/1","sha256":"83a38c10bda49ed091046e332bf0051739e1ff6f4e4a815dac5f6b79b65bd5d5","text":"In 1 of 9 runs the model lied. In 1 of 9 runs the model lied. In 1 of 9 runs the model lied. In 1 of 9 runs the model lied. In 1 of 9 runs the model lied. In 1 of 9 runs the model lied. ","title":null,"url":null}');
INSERT INTO "bodies" VALUES('8bfd59c7f96f8e8ec95d2d8d89e9296d0b80eee4034ce155671149028f7fa911','{"authors":[],"blocks":[],"id":"a-t1da80c5km","links":[],"media_type":"text/plain","name":"article-1.txt","note_marks":[],"notes":[],"published":null,"reader":"text/1","sha256":"4e75af682fc3c4ce4f8f844f5dd37a89c0beca1cac5fd014d881cf1d72ed9804","text":"The model lied in 1% of runs. The model lied in 1% of runs. The model lied in 1% of runs. ","title":null,"url":null}');
INSERT INTO "bodies" VALUES('4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945','[]');
INSERT INTO "bodies" VALUES('63c196cd88422ecf4e001854769d284ca0a1a99f73564dc76c2cc0b92dc29da3','{"attribution":null,"citations":[],"context":"","hedge":null,"id":"c-15yrbc206v","kind":"quantity","measured_entity":null,"measured_property":null,"qualifiers":[],"quantities":[],"sentence":{"end":29,"exact":"The model lied in 1% of runs.","prefix":"","start":0,"suffix":" The model lied in 1% of runs. T"},"span":{"end":20,"exact":"1%","prefix":"The model lied in ","start":18,"suffix":" of runs. The model lied in 1% o"},"speaker":null,"topics":[]}');
INSERT INTO "bodies" VALUES('728fc12ff08b7a7e04fe3ed15ab458648a70b71bce316fd72c9b586f1849601e','{"attribution":null,"citations":[],"context":"","hedge":null,"id":"c-3p7kvfj6xe","kind":"quantity","measured_entity":null,"measured_property":null,"qualifiers":[],"quantities":[],"sentence":{"end":59,"exact":"The model lied in 1% of runs.","prefix":"The model lied in 1% of runs. ","start":30,"suffix":" The model lied in 1% of runs. "},"span":{"end":50,"exact":"1%","prefix":"n 1% of runs. The model lied in ","start":48,"suffix":" of runs. The model lied in 1% o"},"speaker":null,"topics":[]}');
INSERT INTO "bodies" VALUES('720338506e013085e665fcbc8a2e13e31d6a15b24027a8767622419e0574fd07','{"attribution":null,"citations":[],"context":"","hedge":null,"id":"c-aaaq6cjbrt","kind":"quantity","measured_entity":null,"measured_property":null,"qualifiers":[],"quantities":[],"sentence":{"end":89,"exact":"The model lied in 1% of runs.","prefix":". The model lied in 1% of runs. ","start":60,"suffix":" "},"span":{"end":80,"exact":"1%","prefix":"n 1% of runs. The model lied in ","start":78,"suffix":" of runs. "},"speaker":null,"topics":[]}');
INSERT INTO "bodies" VALUES('6ac8bb937ba1af1054c76df7908fc1ff53ef46d333070fc38075ceb825f5b674','{"aliases":[],"arxiv":null,"authors":["A. Smith"],"contests":[],"doi":null,"findings":[{"caveats":[],"condition":null,"id":"source-2#lies","interval":null,"locator":"section 3","measured_entity":null,"measured_property":null,"models":[],"population":null,"quantities":[],"sample_size":null,"statement":"The model lied in 47% of 200 runs.","verified":"text","version":null}],"id":"source-2","kind":"paper","note":null,"published":"2025-01-15","publisher":null,"reviewed_by":"registry","reviewed_on":"2025-02-01","status":"current","text_status":null,"tier":"primary","title":"A study of source-2","topics":[],"url":null}');
INSERT INTO "bodies" VALUES('1cb9a4a25d6659bf29d60be4fa7997a4a29868a4c6f4f32946073edaa5a38334','{"authors":[],"blocks":[],"id":"a-wh717877n0","links":[],"media_type":"text/plain","name":"source-2.txt","note_marks":[],"notes":[],"published":null,"reader":"text/1","sha256":"2462ac23ef3d0b1578e4934c915deb15d4f170136c9499782d740ab740b5d840","text":"In 2 of 9 runs the model lied. In 2 of 9 runs the model lied. In 2 of 9 runs the model lied. In 2 of 9 runs the model lied. In 2 of 9 runs the model lied. In 2 of 9 runs the model lied. ","title":null,"url":null}');
INSERT INTO "bodies" VALUES('6ca0c7fbaefdc0dc3529d881b75abbda5b2909caea9decbb2001e3c585ad4326','{"authors":[],"blocks":[],"id":"a-60ydh7yavm","links":[],"media_type":"text/plain","name":"article-2.txt","note_marks":[],"notes":[],"published":null,"reader":"text/1","sha256":"a63d908c523de0065f47534c4f2a2071a96da48e653f7e117bed477ee9b88111","text":"The model lied in 2% of runs. The model lied in 2% of runs. The model lied in 2% of runs. ","title":null,"url":null}');
INSERT INTO "bodies" VALUES('5ee8bbc9b71b5927227f0f9e1274c9c3c65fa9fe9f7822299a6be656dfa01a2d','{"attribution":null,"citations":[],"context":"","hedge":null,"id":"c-971bzg8q7n","kind":"quantity","measured_entity":null,"measured_property":null,"qualifiers":[],"quantities":[],"sentence":{"end":29,"exact":"The model lied in 2% of runs.","prefix":"","start":0,"suffix":" The model lied in 2% of runs. T"},"span":{"end":20,"exact":"2%","prefix":"The model lied in ","start":18,"suffix":" of runs. The model lied in 2% o"},"speaker":null,"topics":[]}');
INSERT INTO "bodies" VALUES('fc72966892b1e720695669297c6295dd35c2d66e0f7cb9d394e7fbb8a5fcd82e','{"attribution":null,"citations":[],"context":"","hedge":null,"id":"c-j79r2w9t36","kind":"quantity","measured_entity":null,"measured_property":null,"qualifiers":[],"quantities":[],"sentence":{"end":59,"exact":"The model lied in 2% of runs.","prefix":"The model lied in 2% of runs. ","start":30,"suffix":" The model lied in 2% of runs. "},"span":{"end":50,"exact":"2%","prefix":"n 2% of runs. The model lied in ","start":48,"suffix":" of runs. The model lied in 2% o"},"speaker":null,"topics":[]}');
INSERT INTO "bodies" VALUES('ef133cc96605a49d412c1a8b20e21f05810580cabba276b5748bfd434f33e0ab','{"attribution":null,"citations":[],"context":"","hedge":null,"id":"c-sztxcakd8m","kind":"quantity","measured_entity":null,"measured_property":null,"qualifiers":[],"quantities":[],"sentence":{"end":89,"exact":"The model lied in 2% of runs.","prefix":". The model lied in 2% of runs. ","start":60,"suffix":" "},"span":{"end":80,"exact":"2%","prefix":"n 2% of runs. The model lied in ","start":78,"suffix":" of runs. "},"speaker":null,"topics":[]}');
CREATE TABLE changes (
	number INTEGER NOT NULL, 
	recorded_at TEXT NOT NULL, 
	change TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	chain_head TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "changes" VALUES(1,'2025-03-01T00:00:00.000000+00:00','added','source','source-1','0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO "changes" VALUES(2,'2025-03-01T00:00:00.000000+00:00','added','article','a-t1da80c5km','d0a24fadb7a9bbf266f760d770ec5e445871915f5d7012e92acd1321da84426e');
INSERT INTO "changes" VALUES(3,'2025-03-01T00:00:00.000000+00:00','added','source','source-2','d0a24fadb7a9bbf266f760d770ec5e445871915f5d7012e92acd1321da84426e');
INSERT INTO "changes" VALUES(4,'2025-03-01T00:00:00.000000+00:00','added','article','a-60ydh7yavm','dbd95694c8c1dec8cf395e58ec86857ca709936900636ff9765e1db229ca3039');
CREATE TABLE claim_sources (
	claim_id TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	PRIMARY KEY (claim_id, source_id), 
	FOREIGN KEY(claim_id) REFERENCES claims (id)
);
INSERT INTO "claim_sources" VALUES('c-15yrbc206v','source-1');
INSERT INTO "claim_sources" VALUES('c-3p7kvfj6xe','source-1');
INSERT INTO "claim_sources" VALUES('c-aaaq6cjbrt','source-1');
INSERT INTO "claim_sources" VALUES('c-971bzg8q7n','source-1');
INSERT INTO "claim_sources" VALUES('c-j79r2w9t36','source-1');
INSERT INTO "claim_sources" VALUES('c-sztxcakd8m','source-1');
CREATE TABLE claim_topics (
	claim_id TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	PRIMARY KEY (claim_id, topic), 
	FOREIGN KEY(claim_id) REFERENCES claims (id)
);
CREATE TABLE claims (
	id TEXT NOT NULL, 
	article_id TEXT NOT NULL, 
	run_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	current BOOLEAN NOT NULL, 
	kind TEXT NOT NULL, 
	label TEXT, 
	reason TEXT NOT NULL, 
	folded TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(article_id) REFERENCES articles (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "claims" VALUES('c-15yrbc206v','a-t1da80c5km',1,0,1,'quantity','supported','agrees','the model lied in 1% of runs.');
INSERT INTO "claims" VALUES('c-3p7kvfj6xe','a-t1da80c5km',1,1,1,'quantity','contested','figure_differs','the model lied in 1% of runs.');
INSERT INTO "claims" VALUES('c-aaaq6cjbrt','a-t1da80c5km',1,2,1,'quantity','unsourced','no_primary_source','the model lied in 1% of runs.');
INSERT INTO "claims" VALUES('c-971bzg8q7n','a-60ydh7yavm',2,0,1,'quantity','supported','agrees','the model lied in 2% of runs.');
INSERT INTO "claims" VALUES('c-j79r2w9t36','a-60ydh7yavm',2,1,1,'quantity','contested','figure_differs','the model lied in 2% of runs.');
INSERT INTO "claims" VALUES('c-sztxcakd8m','a-60ydh7yavm',2,2,1,'quantity','unsourced','no_primary_source','the model lied in 2% of runs.');
CREATE TABLE evidence (
	verdict_number INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	stance TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (verdict_number, position), 
	FOREIGN KEY(verdict_number) REFERENCES verdicts (number)
);
INSERT INTO "evidence" VALUES(1,0,'e-27bma0txmz','source-1','supports','{"caveats":[],"comparison":{"claimed":null,"detail":"47% is 47%","found":null,"relation":"equal"},"finding_id":"source-1#lies","id":"e-27bma0txmz","kind":"finding","later_than_article":false,"locator":null,"page":null,"passage_id":null,"reason":"agrees","route":"cited","score":0.9,"section":null,"selector":null,"source_id":"source-1","stance":"supports","statement":"The model lied in 47% of 200 runs."}');
INSERT INTO "evidence" VALUES(2,0,'e-qf2bp2ppse','source-1','supports','{"caveats":[],"comparison":{"claimed":null,"detail":"47% is 47%","found":null,"relation":"equal"},"finding_id":"source-1#lies","id":"e-qf2bp2ppse","kind":"finding","later_than_article":false,"locator":null,"page":null,"passage_id":null,"reason":"agrees","route":"cited","score":0.9,"section":null,"selector":null,"source_id":"source-1","stance":"supports","statement":"The model lied in 47% of 200 runs."}');
INSERT INTO "evidence" VALUES(3,0,'e-7s3xd02xr5','source-1','supports','{"caveats":[],"comparison":{"claimed":null,"detail":"47% is 47%","found":null,"relation":"equal"},"finding_id":"source-1#lies","id":"e-7s3xd02xr5","kind":"finding","later_than_article":false,"locator":null,"page":null,"passage_id":null,"reason":"agrees","route":"cited","score":0.9,"section":null,"selector":null,"source_id":"source-1","stance":"supports","statement":"The model lied in 47% of 200 runs."}');
INSERT INTO "evidence" VALUES(4,0,'e-h1gqhe9ycm','source-1','supports','{"caveats":[],"comparison":{"claimed":null,"detail":"47% is 47%","found":null,"relation":"equal"},"finding_id":"source-1#lies","id":"e-h1gqhe9ycm","kind":"finding","later_than_article":false,"locator":null,"page":null,"passage_id":null,"reason":"agrees","route":"cited","score":0.9,"section":null,"selector":null,"source_id":"source-1","stance":"supports","statement":"The model lied in 47% of 200 runs."}');
INSERT INTO "evidence" VALUES(5,0,'e-memjaj0924','source-1','supports','{"caveats":[],"comparison":{"claimed":null,"detail":"47% is 47%","found":null,"relation":"equal"},"finding_id":"source-1#lies","id":"e-memjaj0924","kind":"finding","later_than_article":false,"locator":null,"page":null,"passage_id":null,"reason":"agrees","route":"cited","score":0.9,"section":null,"selector":null,"source_id":"source-1","stance":"supports","statement":"The model lied in 47% of 200 runs."}');
INSERT INTO "evidence" VALUES(6,0,'e-ssxcsjdx1t','source-1','supports','{"caveats":[],"comparison":{"claimed":null,"detail":"47% is 47%","found":null,"relation":"equal"},"finding_id":"source-1#lies","id":"e-ssxcsjdx1t","kind":"finding","later_than_article":false,"locator":null,"page":null,"passage_id":null,"reason":"agrees","route":"cited","score":0.9,"section":null,"selector":null,"source_id":"source-1","stance":"supports","statement":"The model lied in 47% of 200 runs."}');
CREATE TABLE models (
	id INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (sha256)
);
INSERT INTO "models" VALUES(1,'m',16);
CREATE TABLE passages (
	id TEXT NOT NULL, 
	version_id INTEGER NOT NULL, 
	source_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(source_id) REFERENCES sources (id), 
	FOREIGN KEY(version_id) REFERENCES source_versions (id)
);
INSERT INTO "passages" VALUES('p-ppx2vpncfd1y',1,'source-1',0,'{"context":"","document_id":"a-een1gw3zj9","id":"p-ppx2vpncfd1y","kind":"body","page":null,"section":null,"selector":{"end":32,"exact":"In 1 of 9 runs the model lied. I","prefix":"","start":0,"suffix":"n 1 of 9 runs the model lied. In"},"sentences":[[0,32]],"source_id":"source-1"}');
INSERT INTO "passages" VALUES('p-tkn5hp9xn4v9',1,'source-1',33,'{"context":"","document_id":"a-een1gw3zj9","id":"p-tkn5hp9xn4v9","kind":"body","page":null,"section":null,"selector":{"end":65,"exact":" 1 of 9 runs the model lied. In ","prefix":"n 1 of 9 runs the model lied. In","start":33,"suffix":"1 of 9 runs the model lied. In 1"},"sentences":[[33,65]],"source_id":"source-1"}');
INSERT INTO "passages" VALUES('p-emytbeg9zhfj',1,'source-1',66,'{"context":"","document_id":"a-een1gw3zj9","id":"p-emytbeg9zhfj","kind":"body","page":null,"section":null,"selector":{"end":98,"exact":" of 9 runs the model lied. In 1 ","prefix":"1 of 9 runs the model lied. In 1","start":66,"suffix":"of 9 runs the model lied. In 1 o"},"sentences":[[66,98]],"source_id":"source-1"}');
INSERT INTO "passages" VALUES('p-6w0xp1d8my41',1,'source-1',99,'{"context":"","document_id":"a-een1gw3zj9","id":"p-6w0xp1d8my41","kind":"body","page":null,"section":null,"selector":{"end":131,"exact":"f 9 runs the model lied. In 1 of","prefix":"of 9 runs the model lied. In 1 o","start":99,"suffix":" 9 runs the model lied. In 1 of "},"sentences":[[99,131]],"source_id":"source-1"}');
INSERT INTO "passages" VALUES('p-955h8rmje7z9',1,'source-1',132,'{"context":"","document_id":"a-een1gw3zj9","id":"p-955h8rmje7z9","kind":"body","page":null,"section":null,"selector":{"end":164,"exact":"9 runs the model lied. In 1 of 9","prefix":" 9 runs the model lied. In 1 of ","start":132,"suffix":" runs the model lied. "},"sentences":[[132,164]],"source_id":"source-1"}');
INSERT INTO "passages" VALUES('p-d0jkmhr8ssqk',2,'source-2',0,'{"context":"","document_id":"a-wh717877n0","id":"p-d0jkmhr8ssqk","kind":"body","page":null,"section":null,"selector":{"end":32,"exact":"In 2 of 9 runs the model lied. I","prefix":"","start":0,"suffix":"n 2 of 9 runs the model lied. In"},"sentences":[[0,32]],"source_id":"source-2"}');
INSERT INTO "passages" VALUES('p-zz9yc03h1srk',2,'source-2',33,'{"context":"","document_id":"a-wh717877n0","id":"p-zz9yc03h1srk","kind":"body","page":null,"section":null,"selector":{"end":65,"exact":" 2 of 9 runs the model lied. In ","prefix":"n 2 of 9 runs the model lied. In","start":33,"suffix":"2 of 9 runs the model lied. In 2"},"sentences":[[33,65]],"source_id":"source-2"}');
INSERT INTO "passages" VALUES('p-49dqhsdwza00',2,'source-2',66,'{"context":"","document_id":"a-wh717877n0","id":"p-49dqhsdwza00","kind":"body","page":null,"section":null,"selector":{"end":98,"exact":" of 9 runs the model lied. In 2 ","prefix":"2 of 9 runs the model lied. In 2","start":66,"suffix":"of 9 runs the model lied. In 2 o"},"sentences":[[66,98]],"source_id":"source-2"}');
INSERT INTO "passages" VALUES('p-vzdn3krfvksz',2,'source-2',99,'{"context":"","document_id":"a-wh717877n0","id":"p-vzdn3krfvksz","kind":"body","page":null,"section":null,"selector":{"end":131,"exact":"f 9 runs the model lied. In 2 of","prefix":"of 9 runs the model lied. In 2 o","start":99,"suffix":" 9 runs the model lied. In 2 of "},"sentences":[[99,131]],"source_id":"source-2"}');
INSERT INTO "passages" VALUES('p-y57dcqzkhmxx',2,'source-2',132,'{"context":"","document_id":"a-wh717877n0","id":"p-y57dcqzkhmxx","kind":"body","page":null,"section":null,"selector":{"end":164,"exact":"9 runs the model lied. In 2 of 9","prefix":" 9 runs the model lied. In 2 of ","start":132,"suffix":" runs the model lied. "},"sentences":[[132,164]],"source_id":"source-2"}');
CREATE TABLE raws (
	sha256 TEXT NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "raws" VALUES('83a38c10bda49ed091046e332bf0051739e1ff6f4e4a815dac5f6b79b65bd5d5',186,X'496E2031206F6620392072756E7320746865206D6F64656C206C6965642E20496E2031206F6620392072756E7320746865206D6F64656C206C6965642E20496E2031206F6620392072756E7320746865206D6F64656C206C6965642E20496E2031206F6620392072756E7320746865206D6F64656C206C6965642E20496E2031206F6620392072756E7320746865206D6F64656C206C6965642E20496E2031206F6620392072756E7320746865206D6F64656C206C6965642E20');
INSERT INTO "raws" VALUES('4e75af682fc3c4ce4f8f844f5dd37a89c0beca1cac5fd014d881cf1d72ed9804',90,X'546865206D6F64656C206C69656420696E203125206F662072756E732E20546865206D6F64656C206C69656420696E203125206F662072756E732E20546865206D6F64656C206C69656420696E203125206F662072756E732E20');
INSERT INTO "raws" VALUES('2462ac23ef3d0b1578e4934c915deb15d4f170136c9499782d740ab740b5d840',186,X'496E2032206F6620392072756E7320746865206D6F64656C206C6965642E20496E2032206F6620392072756E7320746865206D6F64656C206C6965642E20496E2032206F6620392072756E7320746865206D6F64656C206C6965642E20496E2032206F6620392072756E7320746865206D6F64656C206C6965642E20496E2032206F6620392072756E7320746865206D6F64656C206C6965642E20496E2032206F6620392072756E7320746865206D6F64656C206C6965642E20');
INSERT INTO "raws" VALUES('a63d908c523de0065f47534c4f2a2071a96da48e653f7e117bed477ee9b88111',90,X'546865206D6F64656C206C69656420696E203225206F662072756E732E20546865206D6F64656C206C69656420696E203225206F662072756E732E20546865206D6F64656C206C69656420696E203225206F662072756E732E20');
CREATE TABLE run_claims (
	run_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	claim_id TEXT NOT NULL, 
	body_sha256 TEXT NOT NULL, 
	verdict_number INTEGER NOT NULL, 
	PRIMARY KEY (run_id, position), 
	FOREIGN KEY(body_sha256) REFERENCES bodies (sha256), 
	FOREIGN KEY(run_id) REFERENCES runs (id), 
	FOREIGN KEY(verdict_number) REFERENCES verdicts (number), 
	CONSTRAINT run_claims_once UNIQUE (run_id, claim_id)
);
INSERT INTO "run_claims" VALUES(1,0,'c-15yrbc206v','63c196cd88422ecf4e001854769d284ca0a1a99f73564dc76c2cc0b92dc29da3',1);
INSERT INTO "run_claims" VALUES(1,1,'c-3p7kvfj6xe','728fc12ff08b7a7e04fe3ed15ab458648a70b71bce316fd72c9b586f1849601e',2);
INSERT INTO "run_claims" VALUES(1,2,'c-aaaq6cjbrt','720338506e013085e665fcbc8a2e13e31d6a15b24027a8767622419e0574fd07',3);
INSERT INTO "run_claims" VALUES(2,0,'c-971bzg8q7n','5ee8bbc9b71b5927227f0f9e1274c9c3c65fa9fe9f7822299a6be656dfa01a2d',4);
INSERT INTO "run_claims" VALUES(2,1,'c-j79r2w9t36','fc72966892b1e720695669297c6295dd35c2d66e0f7cb9d394e7fbb8a5fcd82e',5);
INSERT INTO "run_claims" VALUES(2,2,'c-sztxcakd8m','ef133cc96605a49d412c1a8b20e21f05810580cabba276b5748bfd434f33e0ab',6);
CREATE TABLE run_sources (
	run_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	body_sha256 TEXT NOT NULL, 
	PRIMARY KEY (run_id, position), 
	FOREIGN KEY(body_sha256) REFERENCES bodies (sha256), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "run_sources" VALUES(1,0,'b18d9ae6a086017c4ab1506c89d8567978d52376b0a7053a264219d64de7cb42');
INSERT INTO "run_sources" VALUES(2,0,'6ac8bb937ba1af1054c76df7908fc1ff53ef46d333070fc38075ceb825f5b674');
CREATE TABLE runs (
	id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	checker TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	report_sha256 TEXT NOT NULL, 
	document_sha256 TEXT NOT NULL, 
	issues_sha256 TEXT NOT NULL, 
	saved_at TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document_sha256) REFERENCES bodies (sha256), 
	FOREIGN KEY(issues_sha256) REFERENCES bodies (sha256), 
	FOREIGN KEY(version_id) REFERENCES article_versions (id), 
	CONSTRAINT runs_once UNIQUE (version_id, report_sha256)
);
INSERT INTO "runs" VALUES(1,1,'checker/1','0000000000000000000000000000000000000000000000000000000000000000','d32b2bf4ce57fab52a85c45e45183279c48f498829e3749b0174b4b4c1a86168','8bfd59c7f96f8e8ec95d2d8d89e9296d0b80eee4034ce155671149028f7fa911','4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945','2025-03-01T00:00:00.000000+00:00');
INSERT INTO "runs" VALUES(2,2,'checker/1','0000000000000000000000000000000000000000000000000000000000000000','79f41c6bc78756fa1828fdf6105c98ada4ab325dd9f5dd2599f23bf0a5340c3c','6ca0c7fbaefdc0dc3529d881b75abbda5b2909caea9decbb2001e3c585ad4326','4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945','2025-03-01T00:00:00.000000+00:00');
CREATE TABLE source_revisions (
	source_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	origin TEXT NOT NULL, 
	stated_sha256 TEXT NOT NULL, 
	body_sha256 TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	PRIMARY KEY (source_id, number), 
	FOREIGN KEY(body_sha256) REFERENCES bodies (sha256), 
	FOREIGN KEY(source_id) REFERENCES sources (id), 
	FOREIGN KEY(stated_sha256) REFERENCES bodies (sha256)
);
INSERT INTO "source_revisions" VALUES('source-1',1,'registry','b18d9ae6a086017c4ab1506c89d8567978d52376b0a7053a264219d64de7cb42','b18d9ae6a086017c4ab1506c89d8567978d52376b0a7053a264219d64de7cb42','2025-03-01T00:00:00.000000+00:00');
INSERT INTO "source_revisions" VALUES('source-2',1,'registry','6ac8bb937ba1af1054c76df7908fc1ff53ef46d333070fc38075ceb825f5b674','6ac8bb937ba1af1054c76df7908fc1ff53ef46d333070fc38075ceb825f5b674','2025-03-01T00:00:00.000000+00:00');
CREATE TABLE source_versions (
	id INTEGER NOT NULL, 
	source_id TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	added_at TEXT NOT NULL, 
	document_sha256 TEXT, 
	reading_sha256 TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document_sha256) REFERENCES bodies (sha256), 
	FOREIGN KEY(sha256) REFERENCES raws (sha256), 
	FOREIGN KEY(source_id) REFERENCES sources (id), 
	CONSTRAINT source_versions_once UNIQUE (source_id, sha256)
);
INSERT INTO "source_versions" VALUES(1,'source-1','83a38c10bda49ed091046e332bf0051739e1ff6f4e4a815dac5f6b79b65bd5d5','text/plain','2025-03-01T00:00:00.000000+00:00','a71ea907721255895236566d2b76f6b38f48accfd9d40cece4e4364ee310cb77','e61df722057f1008a8ebed756acccd4938565eb4942a4c1039e7cffba900b589');
INSERT INTO "source_versions" VALUES(2,'source-2','2462ac23ef3d0b1578e4934c915deb15d4f170136c9499782d740ab740b5d840','text/plain','2025-03-01T00:00:00.000000+00:00','1cb9a4a25d6659bf29d60be4fa7997a4a29868a4c6f4f32946073edaa5a38334','951eee9ee3746c9bc162ef25e434ecc23d4703df314b3eee51e285412d670c8d');
CREATE TABLE sources (
	id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	tier TEXT NOT NULL, 
	status TEXT NOT NULL, 
	published TEXT, 
	url TEXT, 
	doi TEXT, 
	arxiv TEXT, 
	reviewed_by TEXT, 
	origin TEXT NOT NULL, 
	body_sha256 TEXT NOT NULL, 
	registry_sha256 TEXT, 
	added_sha256 TEXT, 
	version_id INTEGER, 
	ground TEXT NOT NULL, 
	added_at TEXT NOT NULL, 
	changed_at TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(added_sha256) REFERENCES bodies (sha256), 
	FOREIGN KEY(body_sha256) REFERENCES bodies (sha256), 
	FOREIGN KEY(registry_sha256) REFERENCES bodies (sha256), 
	CONSTRAINT sources_version FOREIGN KEY(version_id) REFERENCES source_versions (id)
);
INSERT INTO "sources" VALUES('source-1','A study of source-1','paper','primary','current','2025-01-15',NULL,NULL,NULL,'registry','registry','b18d9ae6a086017c4ab1506c89d8567978d52376b0a7053a264219d64de7cb42','b18d9ae6a086017c4ab1506c89d8567978d52376b0a7053a264219d64de7cb42',NULL,1,'739b3250b970fcc313fb79e0bfd87ea81638adecc5b98dbd403c30a04fc69fa1','2025-03-01T00:00:00.000000+00:00','2025-03-01T00:00:00.000000+00:00');
INSERT INTO "sources" VALUES('source-2','A study of source-2','paper','primary','current','2025-01-15',NULL,NULL,NULL,'registry','registry','6ac8bb937ba1af1054c76df7908fc1ff53ef46d333070fc38075ceb825f5b674','6ac8bb937ba1af1054c76df7908fc1ff53ef46d333070fc38075ceb825f5b674',NULL,2,'dada4270e7a441ab2ca5ce0a1051d7c50c89decb01e3cce589bb3f27f50100ba','2025-03-01T00:00:00.000000+00:00','2025-03-01T00:00:00.000000+00:00');
CREATE TABLE vectors (
	id INTEGER NOT NULL, 
	model_id INTEGER NOT NULL, 
	entry_id TEXT NOT NULL, 
	vector BLOB NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(model_id) REFERENCES models (id), 
	CONSTRAINT vectors_once UNIQUE (model_id, entry_id)
);
INSERT INTO "vectors" VALUES(1,1,'t-1',X'0000803F0000803F0000803F0000803F');
CREATE TABLE verdicts (
	number INTEGER NOT NULL, 
	claim_id TEXT NOT NULL, 
	article_id TEXT NOT NULL, 
	document_sha256 TEXT NOT NULL, 
	sentence TEXT NOT NULL, 
	span TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	checker TEXT NOT NULL, 
	label TEXT, 
	reason TEXT NOT NULL, 
	body TEXT NOT NULL, 
	content_sha256 TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	PRIMARY KEY (number), 
	CONSTRAINT verdicts_once UNIQUE (claim_id, ground, checker, content_sha256)
);
INSERT INTO "verdicts" VALUES(1,'c-15yrbc206v','a-t1da80c5km','4e75af682fc3c4ce4f8f844f5dd37a89c0beca1cac5fd014d881cf1d72ed9804','The model lied in 1% of runs.','1%','0000000000000000000000000000000000000000000000000000000000000000','checker/1','supported','agrees','{"claim_id":"c-15yrbc206v","confidence":null,"confirmed_by":null,"correction":null,"evidence_ids":["e-27bma0txmz"],"explanation":"It says so.","label":"supported","reason":"agrees","trace":[]}','9f02e79f710225e6f647f2d89c846551656b4802009295b382dadbb021445b03','2025-03-01T00:00:00.000000+00:00','0000000000000000000000000000000000000000000000000000000000000000','4bdde7bfc47710c5b439d39534a83e53aee6007ac77ac150163f644404c40551');
INSERT INTO "verdicts" VALUES(2,'c-3p7kvfj6xe','a-t1da80c5km','4e75af682fc3c4ce4f8f844f5dd37a89c0beca1cac5fd014d881cf1d72ed9804','The model lied in 1% of runs.','1%','0000000000000000000000000000000000000000000000000000000000000000','checker/1','contested','figure_differs','{"claim_id":"c-3p7kvfj6xe","confidence":null,"confirmed_by":null,"correction":null,"evidence_ids":["e-qf2bp2ppse"],"explanation":"It says so.","label":"contested","reason":"figure_differs","trace":[]}','f97d3685fc52de2c77e5f9b4d0ef22496a6e542b3ff625063434b8e042670538','2025-03-01T00:00:00.000000+00:00','4bdde7bfc47710c5b439d39534a83e53aee6007ac77ac150163f644404c40551','a40875381635e44b0f92eed200ce11532f62235ff22ce2085b47dda440a6453c');
INSERT INTO "verdicts" VALUES(3,'c-aaaq6cjbrt','a-t1da80c5km','4e75af682fc3c4ce4f8f844f5dd37a89c0beca1cac5fd014d881cf1d72ed9804','The model lied in 1% of runs.','1%','0000000000000000000000000000000000000000000000000000000000000000','checker/1','unsourced','no_primary_source','{"claim_id":"c-aaaq6cjbrt","confidence":null,"confirmed_by":null,"correction":null,"evidence_ids":["e-7s3xd02xr5"],"explanation":"It says so.","label":"unsourced","reason":"no_primary_source","trace":[]}','80704c9b89afdc58c8fdbc38714795d81ee862706e4ec3e1cee76a5522e4bad1','2025-03-01T00:00:00.000000+00:00','a40875381635e44b0f92eed200ce11532f62235ff22ce2085b47dda440a6453c','d0a24fadb7a9bbf266f760d770ec5e445871915f5d7012e92acd1321da84426e');
INSERT INTO "verdicts" VALUES(4,'c-971bzg8q7n','a-60ydh7yavm','a63d908c523de0065f47534c4f2a2071a96da48e653f7e117bed477ee9b88111','The model lied in 2% of runs.','2%','0000000000000000000000000000000000000000000000000000000000000000','checker/1','supported','agrees','{"claim_id":"c-971bzg8q7n","confidence":null,"confirmed_by":null,"correction":null,"evidence_ids":["e-h1gqhe9ycm"],"explanation":"It says so.","label":"supported","reason":"agrees","trace":[]}','e3dc2220fcf5d335109ddbe0a5d8aac577d76ae444085dbcb0bd1c75c96f932a','2025-03-01T00:00:00.000000+00:00','d0a24fadb7a9bbf266f760d770ec5e445871915f5d7012e92acd1321da84426e','0bf826b219137223f20dcc92a2834c5174265ec4861dacc24dc6ebd2a6ebd80c');
INSERT INTO "verdicts" VALUES(5,'c-j79r2w9t36','a-60ydh7yavm','a63d908c523de0065f47534c4f2a2071a96da48e653f7e117bed477ee9b88111','The model lied in 2% of runs.','2%','0000000000000000000000000000000000000000000000000000000000000000','checker/1','contested','figure_differs','{"claim_id":"c-j79r2w9t36","confidence":null,"confirmed_by":null,"correction":null,"evidence_ids":["e-memjaj0924"],"explanation":"It says so.","label":"contested","reason":"figure_differs","trace":[]}','b59c2e01c7802a70c1062b033f5e2117a5490832a64508b73be1da9987a0c29e','2025-03-01T00:00:00.000000+00:00','0bf826b219137223f20dcc92a2834c5174265ec4861dacc24dc6ebd2a6ebd80c','37b07b61add510020362236bfc8d19184f60ec3d12056dede05a474d485903bb');
INSERT INTO "verdicts" VALUES(6,'c-sztxcakd8m','a-60ydh7yavm','a63d908c523de0065f47534c4f2a2071a96da48e653f7e117bed477ee9b88111','The model lied in 2% of runs.','2%','0000000000000000000000000000000000000000000000000000000000000000','checker/1','unsourced','no_primary_source','{"claim_id":"c-sztxcakd8m","confidence":null,"confirmed_by":null,"correction":null,"evidence_ids":["e-ssxcsjdx1t"],"explanation":"It says so.","label":"unsourced","reason":"no_primary_source","trace":[]}','649920435544457a2a0442b6ff4b16d282b10333c5c592d12cacd7cb3466b670','2025-03-01T00:00:00.000000+00:00','37b07b61add510020362236bfc8d19184f60ec3d12056dede05a474d485903bb','dbd95694c8c1dec8cf395e58ec86857ca709936900636ff9765e1db229ca3039');
CREATE INDEX claims_by_article ON claims (article_id);
CREATE INDEX claims_by_label ON claims (current, label, reason, kind);
CREATE INDEX claims_by_place ON claims (current, article_id, position);
CREATE INDEX passages_by_version ON passages (version_id);
CREATE INDEX claim_sources_by_source ON claim_sources (source_id, claim_id);
CREATE INDEX claim_topics_by_topic ON claim_topics (topic, claim_id);
CREATE TRIGGER verdicts_no_update BEFORE UPDATE ON verdicts BEGIN SELECT RAISE(ABORT, 'verdicts is append-only'); END;
CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON verdicts BEGIN SELECT RAISE(ABORT, 'verdicts is append-only'); END;
CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER bodies_no_update BEFORE UPDATE ON bodies BEGIN SELECT RAISE(ABORT, 'bodies is append-only'); END;
CREATE TRIGGER bodies_no_delete BEFORE DELETE ON bodies BEGIN SELECT RAISE(ABORT, 'bodies is append-only'); END;
CREATE TRIGGER source_revisions_no_update BEFORE UPDATE ON source_revisions BEGIN SELECT RAISE(ABORT, 'source_revisions is append-only'); END;
CREATE TRIGGER source_revisions_no_delete BEFORE DELETE ON source_revisions BEGIN SELECT RAISE(ABORT, 'source_revisions is append-only'); END;
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;
CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;
CREATE TRIGGER verdicts_no_replace BEFORE INSERT ON verdicts WHEN EXISTS (SELECT 1 FROM verdicts WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'verdicts is append-only'); END;
CREATE TRIGGER evidence_no_replace BEFORE INSERT ON evidence WHEN EXISTS (SELECT 1 FROM evidence WHERE verdict_number = NEW.verdict_number AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
COMMIT;
